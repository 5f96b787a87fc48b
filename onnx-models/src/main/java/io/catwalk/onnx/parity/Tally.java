package io.catwalk.onnx.parity;

import io.catwalk.onnx.diff.Tolerance;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Adds up how far two predictors differ, some images at a time, without keeping their logits. Of the differences, only
 * the largest thousandth is kept, to compute the percentile.
 */
final class Tally {

    private static final double PERCENTILE = 0.999;

    private final int count;
    private final int classes;
    private final Tolerance tolerance;
    private final FlipRule rule;
    private final List<Flip> flips = new ArrayList<>();
    private final List<Flip> nearTies = new ArrayList<>();

    /** The largest differences, the smallest of them first. */
    private final PriorityQueue<Double> largest;

    private final long kept;
    private double sum;
    private double most;
    private long beyond;
    private int notNumbers;
    private int images;

    /**
     * Starts without any image.
     *
     * @param count number of images that will be added
     * @param classes number of logits of an image
     * @param tolerance by how much a logit may differ
     * @param rule which label flips are allowed
     */
    Tally(int count, int classes, Tolerance tolerance, FlipRule rule) {
        this.count = count;
        this.classes = classes;
        this.tolerance = tolerance;
        this.rule = rule;
        long numbers = (long) count * classes;
        kept = numbers - (long) Math.ceil(numbers * PERCENTILE) + 1;
        largest = new PriorityQueue<>();
    }

    /**
     * Compares the next images.
     *
     * @param reference logits of all images, right by definition; those of the next images are used
     * @param candidate logits to compare, (more, classes), row-major
     * @param more number of images to add
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
            float own = reference[ours + expected];
            float others = reference[ours + found];
            Flip flip = new Flip(image, expected, found, difference(own, others));
            boolean nearTie = flip.margin() <= tolerance.allowed(own) + tolerance.allowed(others);
            (nearTie && rule == FlipRule.NEAR_TIES ? nearTies : flips).add(flip);
        }
        for (int i = 0; i < classes; i++) {
            double difference = difference(reference[ours + i], candidate[theirs + i]);
            beyond += tolerance.holds(reference[ours + i], candidate[theirs + i]) ? 0 : 1;
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

    /** Returns how far they differ, once all images have been added. */
    Parity parity() {
        boolean known = notNumbers == 0;
        return new Parity(
                count,
                notNumbers,
                flips,
                nearTies,
                known ? most : Double.NaN,
                known ? sum / ((double) count * classes) : Double.NaN,
                known ? largest.element() : Double.NaN,
                beyond,
                tolerance,
                rule);
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
