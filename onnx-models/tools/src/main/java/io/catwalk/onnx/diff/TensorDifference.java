package io.catwalk.onnx.diff;

import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.Tolerance;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Says how far two arrays differ.
 *
 * @param reference type and shape of the array that is right by definition
 * @param other type and shape of the array that is compared
 * @param beyond how many numbers differ by more than the tolerance; all, if type or shape differ
 * @param numbers how many numbers the reference has
 * @param largest largest absolute difference, of the numbers beyond the tolerance if there are any; infinite if only
 *     one of two numbers is NaN or infinite; NaN if type or shape differ
 * @param at index of that difference, a number for each axis; empty if type or shape differ
 * @param expected the reference's number there
 * @param found the other's number there
 */
@SuppressWarnings("ArrayRecordComponent") // compared with nothing
public record TensorDifference(
        String reference,
        String other,
        long beyond,
        long numbers,
        double largest,
        long[] at,
        double expected,
        double found) {

    /**
     * Compares two arrays.
     *
     * @param reference the array that is right by definition
     * @param tolerance what counts as equal; its relative part is for rounding, and not for whole numbers
     */
    public static TensorDifference of(Tensor reference, Tensor other, Tolerance tolerance) {
        if (!comparable(reference, other)) {
            return none(reference, other.toString());
        }
        Tolerance passing = reference.type().isReal() ? tolerance : new Tolerance(tolerance.absolute(), 0);
        double[] right = reference.toDoubles();
        double[] given = other.toDoubles();
        long beyond = 0;
        double largest = 0;
        int most = 0;
        for (int i = 0; i < right.length; i++) {
            boolean holds = passing.holds(right[i], given[i]);
            double difference = distance(right[i], given[i]);
            boolean first = !holds && beyond == 0;
            beyond += holds ? 0 : 1;
            if (first || (difference > largest && (!holds || beyond == 0))) {
                largest = difference;
                most = i;
            }
        }
        return new TensorDifference(
                reference.toString(),
                other.toString(),
                beyond,
                right.length,
                largest,
                index(most, reference.shape()),
                right.length == 0 ? Double.NaN : right[most],
                right.length == 0 ? Double.NaN : given[most]);
    }

    /** Returns the difference from an array that the other model could not compute. */
    static TensorDifference missing(Tensor reference) {
        return none(reference, "nothing that can be computed");
    }

    private static TensorDifference none(Tensor reference, String other) {
        return new TensorDifference(
                reference.toString(),
                other,
                Math.max(1, reference.size()),
                reference.size(),
                Double.NaN,
                new long[0],
                Double.NaN,
                Double.NaN);
    }

    static boolean comparable(Tensor one, Tensor other) {
        return one.type() == other.type() && Arrays.equals(one.shape(), other.shape());
    }

    private static double distance(double a, double b) {
        if (Double.compare(a, b) == 0) {
            return 0;
        }
        double difference = Math.abs(a - b);
        return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
    }

    private static long[] index(long flat, long... shape) {
        long[] index = new long[shape.length];
        long rest = flat;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            index[axis] = shape[axis] == 0 ? 0 : rest % shape[axis];
            rest = shape[axis] == 0 ? 0 : rest / shape[axis];
        }
        return index;
    }

    /** Tells whether all numbers count as equal. */
    public boolean agrees() {
        return beyond == 0;
    }

    /**
     * Returns a description such as {@code 12 of 640 numbers differ, most at (3, 0): 0.51 against 0.2, by 3.1e-01}.
     */
    @Override
    public String toString() {
        if (Double.isNaN(largest)) {
            return reference + " against " + other;
        }
        return String.format(
                Locale.ROOT,
                "%,d of %,d numbers differ, most at %s: %.6g against %.6g, by %.1e",
                beyond,
                numbers,
                LongStream.of(at).mapToObj(Long::toString).collect(Collectors.joining(", ", "(", ")")),
                expected,
                found,
                largest);
    }
}
