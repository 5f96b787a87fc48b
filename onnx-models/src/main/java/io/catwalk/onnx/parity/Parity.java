package io.catwalk.onnx.parity;

import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.TensorType;
import io.catwalk.onnx.runtime.Tolerance;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;

/**
 * States how far candidate and reference differ in one output. An output that is called {@code logits} and has the shape
 * (batch, classes) holds the logits of a sample in each row.
 *
 * @param images number of rows of logits; 0 for any other output
 * @param numbers number of elements that were compared
 * @param notNumbers number of images for which either gave NaN; of any other output, the number of elements that are NaN
 *     on one side only
 * @param scale largest absolute value among the reference's finite elements, 0 if there is none, without those that stand
 *     for infinity; 0 also for whole numbers and booleans, which have to be equal
 * @param maxAbs largest absolute difference; NaN if any logit is NaN
 * @param meanAbs mean absolute difference; NaN if any logit is NaN
 * @param p999Abs 99.9th percentile (nearest rank) of the absolute differences; NaN if any logit is NaN
 * @param beyond number of elements that differ by more than the limit
 * @param flips label flips, in the order of the images; images with NaN have no label
 * @param nearTies label flips where the reference prefers its own label by no more than the limit allows; empty unless
 *     the rule is {@link FlipRule#NEAR_TIES}
 * @param limit by how much an element may differ
 */
public record Parity(
        String output,
        int images,
        long numbers,
        int notNumbers,
        double scale,
        double maxAbs,
        double meanAbs,
        double p999Abs,
        long beyond,
        List<Flip> flips,
        List<Flip> nearTies,
        Tolerance limit,
        FlipRule rule) {

    /** Largest absolute difference of a logit that passes, by default. */
    public static final double TOLERANCE = 1e-4;

    static final String LOGITS = "logits";

    private static final int ROWS = 256;

    public Parity {
        flips = List.copyOf(flips);
        nearTies = List.copyOf(nearTies);
    }

    /**
     * Compares the logits of two predictors for the same images.
     *
     * @param reference logits that are right by definition, (count, classes), row-major
     * @param candidate logits to compare, (count, classes), row-major
     * @param count number of images; at least 1
     * @param tolerance by how much a logit may differ
     * @param rule which label flips are allowed
     * @throws IllegalArgumentException if the two do not have the same number of logits per image
     */
    public static Parity of(float[] reference, float[] candidate, int count, Tolerance tolerance, FlipRule rule) {
        if (count < 1 || reference.length == 0 || reference.length % count != 0) {
            throw new IllegalArgumentException(
                    "expected logits of " + count + " image(s), at least 1, found " + reference.length + " numbers");
        }
        if (candidate.length != reference.length) {
            throw new IllegalArgumentException("expected " + reference.length + " logits, as the reference gave, found "
                    + candidate.length + " from the candidate");
        }
        int classes = reference.length / count;
        double scale = 0;
        for (float logit : reference) {
            scale = Float.isFinite(logit) ? Math.max(scale, Math.abs(logit)) : scale;
        }
        Tally tally = new Tally(LOGITS, reference.length, scale, tolerance, rule);
        for (int first = 0; first < count; first += ROWS) {
            int last = Math.min(first + ROWS, count);
            tally.add(logits(reference, classes, first, last), logits(candidate, classes, first, last));
        }
        return tally.parity();
    }

    /** Returns the logits of some of the images. */
    static Tensor logits(float[] all, int classes, int first, int last) {
        return Tensor.of(Arrays.copyOfRange(all, first * classes, last * classes), last - first, classes);
    }

    /** {@return the largest difference as a share of the output's scale; the difference itself where the scale is 0} */
    public double relative() {
        return scale == 0 ? maxAbs : maxAbs / scale;
    }

    /** Tells whether every element is within the limit, no NaN is in the way, and the rule allows all label flips. */
    public boolean agrees() {
        return notNumbers == 0 && beyond == 0 && (rule == FlipRule.WITHIN_TOLERANCE || flips.isEmpty());
    }

    /** Returns how harmful the differences are: 3 for NaN, 2 for label flips, 1 for other differences, else 0. */
    int harm() {
        return notNumbers > 0 ? 3 : !flips.isEmpty() ? 2 : beyond > 0 ? 1 : 0;
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
                notNumbers == 0 ? "" : ", " + notNumbers + " NaN" + (images > 0 ? "" : " in one alone"),
                flips.isEmpty() ? "" : ", " + flips.size() + (flips.size() == 1 ? " flip" : " flips"));
    }

    /**
     * Adds up how far two sides differ in an output, some calls at a time, without keeping their answers. Of the
     * differences, only the largest thousandth is kept, to compute the percentile.
     */
    static final class Tally {
        private static final double PERCENTILE = 0.999;

        private final String output;
        private final long numbers;
        private final double scale;
        private final Tolerance limit;
        private final FlipRule rule;
        private final List<Flip> flips = new ArrayList<>();
        private final List<Flip> nearTies = new ArrayList<>();
        /** The largest differences, the smallest of them first. */
        private final PriorityQueue<Double> largest = new PriorityQueue<>();

        private final long kept;
        private double sum;
        private double most;
        private long beyond;
        private int notNumbers;
        private int images;

        /**
         * Starts without any answer.
         *
         * @param numbers number of elements that will be added
         */
        Tally(String output, long numbers, double scale, Tolerance limit, FlipRule rule) {
            this.output = output;
            this.numbers = numbers;
            this.scale = scale;
            this.limit = limit;
            this.rule = rule;
            kept = numbers - (long) Math.ceil(numbers * PERCENTILE) + 1;
        }

        /**
         * Compares the answers of the next call.
         *
         * @throws IllegalArgumentException if type or shape differ; the message says which
         */
        void add(Tensor right, Tensor found) {
            if (right.type() != found.type() || !Arrays.equals(right.shape(), found.shape())) {
                throw new IllegalArgumentException(
                        "expected " + output + " as " + right + ", as the reference gave it, found " + found);
            }
            double[] expected = right.toDoubles();
            double[] given = found.toDoubles();
            if (output.equals(LOGITS) && right.shape().length == 2) {
                int classes = (int) right.shape()[1];
                for (int first = 0; classes > 0 && first < expected.length; first += classes) {
                    addRow(expected, given, first, classes);
                }
                return;
            }
            LongBuffer wholeExpected = whole(right);
            LongBuffer wholeGiven = whole(found);
            for (int i = 0; i < expected.length; i++) {
                // Different whole numbers beyond 2^53 may be equal as doubles.
                boolean differs = wholeExpected.hasRemaining() && wholeExpected.get(i) != wholeGiven.get(i);
                boolean oneIsNan = Double.isNaN(expected[i]) != Double.isNaN(given[i]);
                notNumbers += oneIsNan ? 1 : 0;
                double difference = oneIsNan ? Double.POSITIVE_INFINITY : difference(expected[i], given[i]);
                add(differs ? Math.max(1, difference) : difference, !differs && limit.holds(expected[i], given[i]));
            }
        }

        /** Returns the elements of an array of 64-bit whole numbers; none for another type. */
        private static LongBuffer whole(Tensor tensor) {
            return tensor.type() == TensorType.INT64 ? tensor.buffer().asLongBuffer() : LongBuffer.allocate(0);
        }

        private void addRow(double[] expected, double[] given, int first, int classes) {
            int image = images++;
            if (hasNan(expected, first, classes) || hasNan(given, first, classes)) {
                notNumbers++;
                return;
            }
            int right = largest(expected, first, classes);
            int found = largest(given, first, classes);
            if (right != found) {
                double own = expected[first + right];
                double others = expected[first + found];
                Flip flip = new Flip(image, right, found, difference(own, others));
                boolean nearTie = flip.margin() <= limit.allowed(own) + limit.allowed(others);
                (nearTie && rule == FlipRule.NEAR_TIES ? nearTies : flips).add(flip);
            }
            for (int i = first; i < first + classes; i++) {
                add(difference(expected[i], given[i]), limit.holds(expected[i], given[i]));
            }
        }

        private void add(double difference, boolean holds) {
            beyond += holds ? 0 : 1;
            sum += difference;
            most = Math.max(most, difference);
            if (largest.size() < kept) {
                largest.add(difference);
            } else if (difference > largest.element()) {
                largest.remove();
                largest.add(difference);
            }
        }

        /** Returns how far they differ, once all answers have been added. */
        Parity parity() {
            boolean known = images == 0 || notNumbers == 0;
            return new Parity(
                    output,
                    images,
                    numbers,
                    notNumbers,
                    scale,
                    known ? most : Double.NaN,
                    !known ? Double.NaN : numbers == 0 ? 0 : sum / numbers,
                    !known ? Double.NaN : numbers == 0 ? 0 : largest.element(),
                    beyond,
                    flips,
                    nearTies,
                    limit,
                    rule);
        }

        /** Returns 0 for equal infinities and for two NaN, whose difference is not a number. */
        private static double difference(double a, double b) {
            return Double.compare(a, b) == 0 || a == b ? 0 : Math.abs(a - b);
        }

        private static boolean hasNan(double[] logits, int first, int classes) {
            return Arrays.stream(logits, first, first + classes).anyMatch(Double::isNaN);
        }

        /** Returns the class of the largest logit, the first of equals. */
        private static int largest(double[] logits, int first, int classes) {
            int best = 0;
            for (int i = 1; i < classes; i++) {
                if (logits[first + i] > logits[first + best]) {
                    best = i;
                }
            }
            return best;
        }
    }

    /**
     * Label flip: an image that the reference and the candidate classify differently.
     *
     * @param image index of the image, from 0
     * @param reference label by the reference: index of its largest logit
     * @param candidate label by the candidate: index of its largest logit
     * @param margin by how much the reference prefers its own label to the candidate's, in logits; 0 or above. A margin
     *     below the tolerance means that the reference itself was undecided
     */
    public record Flip(int image, int reference, int candidate, double margin) {

        /** Returns the flip in one line, such as {@code image 7: 3 instead of 5, by 1.2e-05}. */
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT, "image %d: %d instead of %d, by %.1e", image, candidate, reference, margin);
        }
    }

    /** Says which label flips are allowed. */
    public enum FlipRule {
        /** None. */
        NONE,
        /**
         * Flips where the reference prefers its own label by no more than the tolerance allows both logits to move. They
         * are listed as near ties, separate from all other flips, which are not allowed.
         */
        NEAR_TIES,
        /** All flips of images whose logits stay within the tolerance; these are near ties. They are listed as flips. */
        WITHIN_TOLERANCE
    }
}
