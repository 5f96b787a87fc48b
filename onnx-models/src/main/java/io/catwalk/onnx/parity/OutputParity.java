package io.catwalk.onnx.parity;

import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.TensorType;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * States how far candidate and reference differ in one output.
 *
 * @param output name of the output
 * @param numbers number of elements that were compared
 * @param notNumbers number of elements that are NaN on one side only
 * @param scale largest absolute value among the reference's finite elements, 0 if there is none; 0 also for whole
 *     numbers and booleans, which have to be equal
 * @param maxAbs largest absolute difference
 * @param meanAbs mean absolute difference
 * @param p999Abs 99.9th percentile (nearest rank) of the absolute differences
 * @param flips label flips, by row; only for an output that is called {@code logits} and has the shape (batch, classes)
 */
public record OutputParity(
        String output,
        long numbers,
        long notNumbers,
        double scale,
        double maxAbs,
        double meanAbs,
        double p999Abs,
        List<Flip> flips) {

    private static final String LOGITS = "logits";

    /** Copies the flips. */
    public OutputParity {
        flips = List.copyOf(flips);
    }

    /**
     * Compares the arrays of one output over some calls.
     *
     * @param output name of the output
     * @param reference what is right by definition, one array per call
     * @param candidate what is compared, one array per call
     * @return how far they differ
     * @throws IllegalArgumentException if a type or a shape differs; the message says which
     */
    public static OutputParity of(String output, List<Tensor> reference, List<Tensor> candidate) {
        double scale = 0;
        long notNumbers = 0;
        List<Flip> flips = new ArrayList<>();
        DoubleStream.Builder differences = DoubleStream.builder();
        int row = 0;
        for (int call = 0; call < reference.size(); call++) {
            Tensor right = reference.get(call);
            Tensor found = candidate.get(call);
            if (right.type() != found.type() || !Arrays.equals(right.shape(), found.shape())) {
                throw new IllegalArgumentException(
                        "expected " + output + " as " + right + ", as the reference gave it, found " + found);
            }
            double[] expected = right.toDoubles();
            double[] given = found.toDoubles();
            LongBuffer wholeExpected = whole(right);
            LongBuffer wholeGiven = whole(found);
            for (int i = 0; i < expected.length; i++) {
                boolean oneIsNan = Double.isNaN(expected[i]) != Double.isNaN(given[i]);
                notNumbers += oneIsNan ? 1 : 0;
                double difference = oneIsNan ? Double.POSITIVE_INFINITY : difference(expected[i], given[i]);
                // Different whole numbers beyond 2^53 may be equal as doubles.
                boolean differs = wholeExpected.hasRemaining() && wholeExpected.get(i) != wholeGiven.get(i);
                differences.add(differs ? Math.max(1, difference) : difference);
                if (right.type().isReal() && Double.isFinite(expected[i])) {
                    scale = Math.max(scale, Math.abs(expected[i]));
                }
            }
            if (output.equals(LOGITS) && right.shape().length == 2) {
                addFlips(flips, row, (int) right.shape()[1], expected, given);
                row += (int) right.shape()[0];
            }
        }
        double[] sorted = differences.build().sorted().toArray();
        int last = sorted.length - 1;
        return new OutputParity(
                output,
                sorted.length,
                notNumbers,
                scale,
                sorted.length == 0 ? 0 : sorted[last],
                Arrays.stream(sorted).average().orElse(0),
                sorted.length == 0 ? 0 : sorted[(int) Math.ceil(sorted.length * 0.999) - 1],
                flips);
    }

    /** Returns the elements of an array of 64-bit whole numbers; none for another type. */
    private static LongBuffer whole(Tensor tensor) {
        return tensor.type() == TensorType.INT64 ? tensor.buffer().asLongBuffer() : LongBuffer.allocate(0);
    }

    private static void addFlips(List<Flip> flips, int firstRow, int classes, double[] expected, double[] given) {
        for (int first = 0; classes > 0 && first < expected.length; first += classes) {
            int right = largest(expected, first, classes);
            int found = largest(given, first, classes);
            if (right != found) {
                double margin = difference(expected[first + right], expected[first + found]);
                flips.add(new Flip(firstRow + first / classes, right, found, margin));
            }
        }
    }

    private static int largest(double[] numbers, int first, int classes) {
        int best = 0;
        for (int i = 1; i < classes; i++) {
            if (numbers[first + i] > numbers[first + best]) {
                best = i;
            }
        }
        return best;
    }

    /** Returns 0 for equal infinities and for two NaN, whose difference is not a number. */
    private static double difference(double a, double b) {
        return Double.compare(a, b) == 0 || a == b ? 0 : Math.abs(a - b);
    }

    /**
     * Returns the largest difference as a share of the output's scale.
     *
     * @return 0 or above; the difference itself where the scale is 0
     */
    public double relative() {
        return scale == 0 ? maxAbs : maxAbs / scale;
    }

    /**
     * Tells whether the output agrees with the reference.
     *
     * @param tolerance largest share of the scale that passes, 0 or above
     * @return whether every element is within the tolerance and no label flips
     */
    public boolean agrees(double tolerance) {
        return notNumbers == 0 && flips.isEmpty() && relative() <= tolerance;
    }

    /** Returns the numbers in a line such as {@code logits: largest difference 1.2e-06, 3.4e-07 of its scale}. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s: largest difference %.1e, %.1e of its scale%s%s",
                output,
                maxAbs,
                relative(),
                notNumbers == 0 ? "" : ", " + notNumbers + " NaN in one alone",
                flips.isEmpty() ? "" : ", " + flips.size() + (flips.size() == 1 ? " flip" : " flips"));
    }
}
