package io.catwalk.onnx.quantize;

import io.catwalk.onnx.quantize.Scorer.Score;
import io.catwalk.onnx.runtime.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Holds the best model in 8 bits that was found, and how it was found.
 *
 * @param method how its ranges are derived from the observed numbers: of all methods, the one with the lowest loss
 * @param reference how good the float model is
 * @param scores how good each method is, before nodes were left in float for accuracy
 * @param noise noise that 8 bits in each node alone cause, worst first; empty if the first model was good enough
 */
public record MixedPrecision(
        QuantizedModel model,
        CalibrationMethod method,
        Score reference,
        Score score,
        Map<CalibrationMethod, Score> scores,
        List<NodeNoise> noise) {

    /** Rounding in a difference of two shares must not exceed a budget. */
    private static final double ROUNDING = 1e-9;

    /**
     * Finds a model in 8 bits that loses no more accuracy than a budget allows. Tries all methods, keeps the one with
     * the lowest loss, and then leaves one node after the other in float, the worst signal-to-noise ratio first, until
     * the loss of accuracy is within the budget. Nodes that are faster in float stay in float from the start.
     *
     * @param calibrated a float model and its ranges
     * @param batches inputs on which the noise of nodes is measured
     * @param budget accuracy that may be lost, as a share of the images, such as 0.002
     * @return the first model within the budget; the one with all but one node in float if none is
     */
    public static MixedPrecision search(
            CalibratedModel calibrated, Scorer scorer, Iterable<Map<String, Tensor>> batches, double budget) {
        Set<String> inFloat = new LinkedHashSet<>(calibrated.fasterInFloat());
        Score reference = scorer.score(calibrated.floats());
        Map<CalibrationMethod, Score> scores = new EnumMap<>(CalibrationMethod.class);
        for (CalibrationMethod method : CalibrationMethod.values()) {
            scores.put(
                    method, scorer.score(calibrated.quantized(method, inFloat).bytes()));
        }
        CalibrationMethod best = scores.entrySet().stream()
                .min(Comparator.comparingDouble(entry -> entry.getValue().loss()))
                .orElseThrow()
                .getKey();
        Score score = Objects.requireNonNull(scores.get(best));
        List<NodeNoise> noise = new ArrayList<>();
        if (!isWithin(budget, reference, score)) {
            noise.addAll(calibrated.noise(best, batches));
        }
        for (NodeNoise worst : noise) {
            if (isWithin(budget, reference, score)
                    || inFloat.size() >= calibrated.nodes().size() - 1) {
                break;
            }
            if (inFloat.add(worst.node())) {
                score = scorer.score(calibrated.quantized(best, inFloat).bytes());
            }
        }
        return new MixedPrecision(calibrated.quantized(best, inFloat), best, reference, score, scores, noise);
    }

    private static boolean isWithin(double budget, Score reference, Score score) {
        return reference.accuracy() - score.accuracy() <= budget + ROUNDING;
    }
}
