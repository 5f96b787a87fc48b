package io.catwalk.runner.trial;

import io.catwalk.onnx.parity.CrossCheckReport;
import io.catwalk.onnx.parity.Outcome;
import io.catwalk.onnx.parity.Parity;
import io.catwalk.onnx.runtime.MetadataKeys;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tells how far the ONNX file differs from the network that was trained. The numbers are those of the
 * worst configuration of the cross-check, so that none is worse than what is shown.
 *
 * @param agrees whether every configuration stays within the tolerance, without a flip
 * @param images number of images that the file was asked about
 * @param flips images that get another label
 * @param maxAbs largest absolute difference of a logit
 * @param meanAbs mean absolute difference of the logits
 * @param p999Abs 99.9th percentile of the absolute differences
 * @param tolerance largest difference that passes
 * @param configurations number of ways in which the file was run: optimization levels, threads, batches
 * @param worst the configuration that the numbers belong to, with the reason if it did not run
 */
public record ParityResult(
        boolean agrees,
        int images,
        int flips,
        double maxAbs,
        double meanAbs,
        double p999Abs,
        double tolerance,
        int configurations,
        String worst) {

    static ParityResult of(CrossCheckReport report, int images, double tolerance) {
        Outcome worst = report.worst();
        String configuration = worst.configuration().toString();
        if (worst instanceof Outcome.Compared compared) {
            Parity parity = compared.parity();
            return new ParityResult(
                    report.agrees(),
                    images,
                    parity.flips().size(),
                    parity.maxAbs(),
                    parity.meanAbs(),
                    parity.p999Abs(),
                    tolerance,
                    report.outcomes().size(),
                    configuration);
        }
        return new ParityResult(
                false,
                images,
                0,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                tolerance,
                report.outcomes().size(),
                configuration + ": " + ((Outcome.Failed) worst).reason());
    }

    /** Returns the numbers as metadata of the file. */
    Map<String, String> entries() {
        Map<String, String> entries = new TreeMap<>();
        entries.put(MetadataKeys.PARITY_IMAGES, Integer.toString(images));
        entries.put(MetadataKeys.PARITY_FLIPS, Integer.toString(flips));
        entries.put(MetadataKeys.PARITY_MAX_ABS, Double.toString(maxAbs));
        entries.put(MetadataKeys.PARITY_MEAN_ABS, Double.toString(meanAbs));
        entries.put(MetadataKeys.PARITY_P999_ABS, Double.toString(p999Abs));
        entries.put(MetadataKeys.PARITY_TOLERANCE, Double.toString(tolerance));
        return entries;
    }

    /** Makes the result of a network that has no ONNX form. */
    static ParityResult unexported(String reason) {
        return new ParityResult(false, 0, 0, Double.NaN, Double.NaN, Double.NaN, Parity.TOLERANCE, 0, reason);
    }

    /**
     * Says what came of it in one sentence.
     *
     * @return such as {@code agrees: 0 flips in 10000 images, largest difference 3.1e-06}
     */
    public String sentence() {
        return String.format(
                Locale.ROOT,
                "%s: %d flips in %d images, largest difference %.1e (%d configurations, worst %s)",
                agrees ? "agrees" : "DISAGREES",
                flips,
                images,
                maxAbs,
                configurations,
                worst);
    }
}
