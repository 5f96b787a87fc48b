package io.catwalk.onnx.parity;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Adds up how far two predictors differ, some images at a time, so that no answer has to be kept: of the differences only
 * the largest thousandth is, from which the percentile follows.
 */
final class Tally {

    private static final double PERCENTILE = 0.999;

    private final int count;
    private final int classes;
    private final double tolerance;
    private final boolean rounded;
    private final List<Flip> flips = new ArrayList<>();

    /** The largest differences, the smallest of them first. */
    private final PriorityQueue<Double> largest;

    private final long kept;
    private double sum;
    private double most;
    private int notNumbers;
    private int images;

    /**
     * Begins.
     *
     * @param count number of images that will come
     * @param classes logits of an image
     * @param tolerance largest absolute difference that passes
     * @param rounded whether labels may flip within the tolerance
     */
    Tally(int count, int classes, double tolerance, boolean rounded) {
        this.count = count;
        this.classes = classes;
        this.tolerance = tolerance;
        this.rounded = rounded;
        long numbers = (long) count * classes;
        kept = numbers - (long) Math.ceil(numbers * PERCENTILE) + 1;
        largest = new PriorityQueue<>();
    }

    /**
     * Compares the next images.
     *
     * @param reference logits that are right by definition, of which those from the next image on count
     * @param candidate logits to judge, (more, classes), row-major
     * @param more how many images
     */
    void add(float[] reference, float[] candidate, int more) {
        for (int i = 0; i < more; i++) {
            add(reference, (images + i) * classes, candidate, i * classes, images + i);
        }
        images += more;
    }

    private void add(float[] reference, int ours, float[] candidate, int theirs, int image) {
        if (hasNan(reference, ours) || hasNan(candidate, theirs)) {
            notNumbers++;
            return;
        }
        int expected = largest(reference, ours);
        int found = largest(candidate, theirs);
        if (expected != found) {
            flips.add(
                    new Flip(image, expected, found, difference(reference[ours + expected], reference[ours + found])));
        }
        for (int i = 0; i < classes; i++) {
            double difference = difference(reference[ours + i], candidate[theirs + i]);
            sum += difference;
            most = Math.max(most, difference);
            if (largest.size() < kept) {
                largest.add(difference);
            } else if (difference > largest.element()) {
                largest.remove();
                largest.add(difference);
            }
        }
    }

    /** Returns how far they differ, once all images have come. */
    Parity parity() {
        return notNumbers > 0
                ? new Parity(count, notNumbers, flips, Double.NaN, Double.NaN, Double.NaN, tolerance, rounded)
                : new Parity(
                        count, 0, flips, most, sum / ((double) count * classes), largest.element(), tolerance, rounded);
    }

    /** Returns 0 for equal infinities, whose difference is not a number. */
    private static double difference(float a, float b) {
        return a == b ? 0 : Math.abs((double) a - b);
    }

    private boolean hasNan(float[] logits, int first) {
        for (int i = first; i < first + classes; i++) {
            if (Float.isNaN(logits[i])) {
                return true;
            }
        }
        return false;
    }

    /** Returns the class of the largest logit, the first of equals. */
    private int largest(float[] logits, int first) {
        int best = 0;
        for (int i = 1; i < classes; i++) {
            if (logits[first + i] > logits[first + best]) {
                best = i;
            }
        }
        return best;
    }
}
