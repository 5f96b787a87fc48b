package io.catwalk.onnx.parity;

import io.catwalk.onnx.Predictor;
import io.catwalk.onnx.diff.Tolerance;
import io.catwalk.onnx.runtime.MetadataKeys;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * States how far two predictors differ on the same images.
 *
 * @param images number of images; at least 1
 * @param notNumbers number of images for which either predictor gave NaN
 * @param flips label flips, in the order of the images; images with NaN have no label
 * @param nearTies label flips where the reference prefers its own label by no more than the tolerance allows; empty
 *     unless the rule is {@link FlipRule#NEAR_TIES}
 * @param maxAbs largest absolute difference of a logit; NaN if any logit is NaN
 * @param meanAbs mean absolute difference of the logits; NaN if any logit is NaN
 * @param p999Abs 99.9th percentile (nearest rank) of the absolute differences of the logits; NaN if any
 *     logit is NaN
 * @param beyond number of logits that differ by more than the tolerance allows
 * @param limit by how much a logit may differ
 * @param rule which label flips are allowed
 */
public record Parity(
        int images,
        int notNumbers,
        List<Flip> flips,
        List<Flip> nearTies,
        double maxAbs,
        double meanAbs,
        double p999Abs,
        long beyond,
        Tolerance limit,
        FlipRule rule) {

    /** Largest absolute difference of a logit that passes, by default. */
    public static final double TOLERANCE = 1e-4;

    /** Images per call of a predictor, by default. */
    static final int BATCH = 256;

    /** Copies the lists. */
    public Parity {
        flips = List.copyOf(flips);
        nearTies = List.copyOf(nearTies);
    }

    /**
     * Runs both predictors on the same images, in batches of 256, and compares their logits.
     *
     * @param reference the predictor that is right by definition
     * @param candidate the predictor to compare
     * @param images source of the images; each image is read twice
     * @param count number of images; at least 1
     * @param tolerance largest absolute difference of a logit that passes, 0 or above
     * @return how far they differ
     * @throws IllegalArgumentException if there is no image, or the two do not have the same number of logits per image
     */
    public static Parity between(
            Predictor reference, Predictor candidate, NormalizedImages images, int count, double tolerance) {
        float[] expected = Batches.logits(reference, images, count, BATCH);
        return between(expected, candidate, images, count, BATCH, count, new Tolerance(tolerance, 0), FlipRule.NONE);
    }

    /**
     * Runs a predictor on the first images, in batches, and keeps none of its logits.
     *
     * @param reference logits that are right by definition, (all images, classes), row-major
     * @param all number of images in {@code reference}
     * @param batch images per call
     * @param count number of images to run, at most {@code all}
     */
    static Parity between(
            float[] reference,
            Predictor candidate,
            NormalizedImages images,
            int all,
            int batch,
            int count,
            Tolerance tolerance,
            FlipRule rule) {
        int classes = reference.length / all;
        Tally tally = new Tally(count, classes, tolerance, rule);
        for (int first = 0; first < count; first += batch) {
            int last = Math.min(first + batch, count);
            float[] logits = candidate.logits(images.range(first, last), last - first);
            if (logits.length != (last - first) * classes) {
                throw new IllegalArgumentException(
                        "expected " + classes + " logits of each image, as the reference gave," + " found "
                                + logits.length / (last - first) + " from the candidate");
            }
            tally.add(reference, logits, last - first);
        }
        return tally.parity();
    }

    /**
     * Compares the logits of two predictors for the same images, and allows no label flip.
     *
     * @param reference logits that are right by definition, (count, classes), row-major
     * @param candidate logits to compare, (count, classes), row-major
     * @param count number of images; at least 1
     * @param tolerance largest absolute difference of a logit that passes, 0 or above
     * @return how far they differ
     * @throws IllegalArgumentException if the two do not have the same number of logits per image
     */
    public static Parity of(float[] reference, float[] candidate, int count, double tolerance) {
        return of(reference, candidate, count, new Tolerance(tolerance, 0), FlipRule.NONE);
    }

    /**
     * Compares the logits of two predictors for the same images.
     *
     * @param reference logits that are right by definition, (count, classes), row-major
     * @param candidate logits to compare, (count, classes), row-major
     * @param count number of images; at least 1
     * @param tolerance by how much a logit may differ
     * @param rule which label flips are allowed
     * @return how far they differ
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
        Tally tally = new Tally(count, reference.length / count, tolerance, rule);
        tally.add(reference, candidate, count);
        return tally.parity();
    }

    /**
     * Tells whether the candidate passed.
     *
     * @return whether every logit is a number and within the tolerance, and the rule allows all label flips
     */
    public boolean agrees() {
        return notNumbers == 0 && beyond == 0 && (rule == FlipRule.WITHIN_TOLERANCE || flips.isEmpty());
    }

    /**
     * Returns the numbers as metadata of a file.
     *
     * @return the keys {@code parity.*} of {@link MetadataKeys} with their values
     */
    public SortedMap<String, String> entries() {
        SortedMap<String, String> entries = new TreeMap<>();
        entries.put(MetadataKeys.PARITY_IMAGES, String.valueOf(images));
        entries.put(MetadataKeys.PARITY_FLIPS, String.valueOf(flips.size()));
        entries.put(MetadataKeys.PARITY_MAX_ABS, String.valueOf(maxAbs));
        entries.put(MetadataKeys.PARITY_MEAN_ABS, String.valueOf(meanAbs));
        entries.put(MetadataKeys.PARITY_P999_ABS, String.valueOf(p999Abs));
        entries.put(MetadataKeys.PARITY_TOLERANCE, String.valueOf(limit.absolute()));
        return entries;
    }
}
