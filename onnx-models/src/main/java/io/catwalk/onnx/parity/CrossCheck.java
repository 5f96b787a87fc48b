package io.catwalk.onnx.parity;

import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.Predictor;
import io.catwalk.onnx.diff.Tolerance;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.OptimizationLevel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Proves that a file agrees with the network it was exported from, in every way it may be run: all optimization levels
 * of ONNX Runtime, one thread and all threads, batches of 1, 7 and 256 images and a last batch that is smaller.
 * Immutable; each {@code with} method returns a changed copy.
 *
 * @param tolerance by how much a logit may differ
 * @param smallBatchImages largest number of images, from the first on, that run in batches of 1 and of 7; at least 1.
 *     All other batch sizes use every image
 * @param rule which label flips are allowed
 * @param extent in which of these ways it runs the file
 */
public record CrossCheck(Tolerance tolerance, int smallBatchImages, FlipRule rule, Extent extent) {

    /** The unit in the last place of FLOAT16, whose numbers have 11 significant bits, as a share of the number. */
    public static final double HALF_PRECISION = 0x1p-10;

    private static final List<Integer> SMALL_BATCHES = List.of(1, 7);

    private static final int BRIEF_BATCH = 7;

    /** In how many ways a file is run. */
    public enum Extent {
        /** In all, which is the proof. */
        FULL,
        /** Without optimization and with all, on one thread, in batches of 256 and of 7 images. */
        BRIEF;

        private List<OptimizationLevel> levels() {
            return this == FULL
                    ? List.of(OptimizationLevel.values())
                    : List.of(OptimizationLevel.NONE, OptimizationLevel.ALL);
        }

        private List<Integer> threads() {
            return this == FULL ? List.of(OnnxOptions.ALL_THREADS, 1) : List.of(1);
        }

        private List<Integer> batches(int count) {
            return this == FULL ? CrossCheck.batches(count) : List.of(Parity.BATCH, BRIEF_BATCH);
        }
    }

    /** Checks the number of images against its range. */
    public CrossCheck {
        if (smallBatchImages < 1) {
            throw new IllegalArgumentException("smallBatchImages must be at least 1, but is " + smallBatchImages);
        }
    }

    /**
     * Returns the check with tolerance 1e-4 and no label flip allowed. It uses every image, except that batches of 1
     * and 7 images, which take longest, use the first 1,000 only.
     *
     * @return the check to start from
     */
    public static CrossCheck standard() {
        return new CrossCheck(new Tolerance(Parity.TOLERANCE, 0), 1000, FlipRule.NONE, Extent.FULL);
    }

    /**
     * Replaces the tolerance.
     *
     * @param tolerance by how much a logit may differ
     * @return a changed copy
     */
    public CrossCheck withTolerance(Tolerance tolerance) {
        return new CrossCheck(tolerance, smallBatchImages, rule, extent);
    }

    /**
     * Replaces the limit of images in small batches, which take most of the time.
     *
     * @param smallBatchImages at least 1
     * @return a changed copy
     */
    public CrossCheck withSmallBatchImages(int smallBatchImages) {
        return new CrossCheck(tolerance, smallBatchImages, rule, extent);
    }

    /**
     * Checks a file whose weights were rounded to FLOAT16: a logit may differ by one unit in the last place that the
     * largest finite logit of the network has in FLOAT16, {@link #HALF_PRECISION} of its absolute value, and a label
     * may flip if all logits stay within that.
     *
     * @return a changed copy
     */
    public CrossCheck withRoundedWeights() {
        return new CrossCheck(tolerance, smallBatchImages, FlipRule.WITHIN_TOLERANCE, extent);
    }

    /**
     * Allows a label flip if the network prefers its own label by no more than the tolerance allows both logits to
     * move. Such images are listed as near ties.
     *
     * @return a changed copy
     */
    public CrossCheck withNearTies() {
        return new CrossCheck(tolerance, smallBatchImages, FlipRule.NEAR_TIES, extent);
    }

    /**
     * Chooses in how many ways the file is run.
     *
     * @param newExtent a brief one proves less
     * @return a changed copy
     */
    public CrossCheck withExtent(Extent newExtent) {
        return new CrossCheck(tolerance, smallBatchImages, rule, newExtent);
    }

    /**
     * Runs the check. The reference runs once on every image, in batches of 256.
     *
     * @param reference the network, which is right by definition
     * @param file the ONNX file to check
     * @param images source of the images; each image is read several times
     * @param count number of images; at least 1
     * @return the outcome of every configuration
     * @throws OnnxFileException if the file is missing, damaged or unsafe, or is not an image classifier; a file that
     *     opens but does not run, or takes other images or has other classes, is reported as an outcome
     * @throws IllegalArgumentException if there is no image
     */
    public CrossCheckReport run(Predictor reference, Path file, NormalizedImages images, int count) {
        float[] expected = Batches.logits(reference, images, count, Parity.BATCH);
        Tolerance passing = rule == FlipRule.WITHIN_TOLERANCE
                ? new Tolerance(
                        Math.max(tolerance.absolute(), HALF_PRECISION * largest(expected)), tolerance.relative())
                : tolerance;
        List<Outcome> outcomes = new ArrayList<>();
        for (OnnxOptions options : options()) {
            List<Configuration> configurations = configurations(options, count);
            try (OnnxPredictor candidate = OnnxPredictor.open(file, options)) {
                configurations.forEach(
                        each -> outcomes.add(outcome(each, candidate, expected, images, count, passing)));
            } catch (OnnxFileException e) {
                if (outcomes.isEmpty()) {
                    throw e; // it does not even open with the default options
                }
                configurations.forEach(each -> outcomes.add(new Outcome.Failed(each, String.valueOf(e.getMessage()))));
            }
        }
        return new CrossCheckReport(outcomes);
    }

    /**
     * Lists the ways in which a file is run.
     *
     * @param count number of images; at least 1
     * @return the configurations of {@link #run}, in their order
     */
    public List<Configuration> configurations(int count) {
        return options().stream()
                .flatMap(options -> configurations(options, count).stream())
                .toList();
    }

    private List<Configuration> configurations(OnnxOptions options, int count) {
        return extent.batches(count).stream()
                .map(batch -> new Configuration(options, batch))
                .toList();
    }

    private List<OnnxOptions> options() {
        List<OptimizationLevel> levels = new ArrayList<>(extent.levels());
        Collections.reverse(levels); // the default comes first
        return levels.stream()
                .flatMap(level -> extent.threads().stream()
                        .map(threads ->
                                OnnxOptions.standard().withThreads(threads).withOptimization(level)))
                .toList();
    }

    /** Returns the largest absolute value among the finite logits, 0 if there is none. */
    private static double largest(float[] logits) {
        double largest = 0;
        for (float logit : logits) {
            if (Float.isFinite(logit)) {
                largest = Math.max(largest, Math.abs(logit));
            }
        }
        return largest;
    }

    private Outcome outcome(
            Configuration configuration,
            Predictor candidate,
            float[] expected,
            NormalizedImages images,
            int count,
            Tolerance passing) {
        int batch = configuration.batch();
        int asked = SMALL_BATCHES.contains(batch) ? Math.min(count, smallBatchImages) : count;
        try {
            return new Outcome.Compared(
                    configuration, Parity.between(expected, candidate, images, count, batch, asked, passing, rule));
        } catch (OnnxFileException | IllegalArgumentException e) { // the latter: other images or classes
            return new Outcome.Failed(configuration, String.valueOf(e.getMessage()));
        }
    }

    /** Lists the batch sizes, 256 first; if 256 leaves no smaller last batch, a size that does is added. */
    static List<Integer> batches(int count) {
        int uneven = Parity.BATCH;
        while (count % uneven == 0) {
            uneven--;
        }
        return uneven == Parity.BATCH ? List.of(uneven, 1, 7) : List.of(Parity.BATCH, 1, 7, uneven);
    }
}
