package io.catwalk.runner.trial;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.catwalk.api.Recipe;
import io.catwalk.runner.data.Normalization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds the outcome of a trial, as {@code trial.json} and {@code results.json} show it.
 *
 * @param classifier name of the architecture
 * @param variant name of the choice of hyperparameters and recipe
 * @param seed of the trial
 * @param fold of the trial, from 1; 0 for a hold-out
 * @param status whether there is a trained network
 * @param error why not, in one line; null if there is
 * @param firstError why it failed at first, if it was tried again, in one line; null if it was not
 * @param hyperparameters the chosen point of the search space
 * @param recipe how it was trained
 * @param metrics {@code test} (with folds, the images of the fold), {@code validation} and {@code train}, each a map of metric to value, of
 *     the same weights in evaluation mode; null if it failed
 * @param overfitting the gaps between them and the verdict; null if it failed
 * @param parity how far its ONNX file differs from it; null if it failed
 * @param efficiency what it costs; null if it failed
 * @param timing when and how long; null if it failed
 * @param normalization of the pixels that the network expects; null if it failed
 * @param provenance everything else that made it; null if it failed before that was known
 */
public record TrialResult(
        String classifier,
        String variant,
        long seed,
        int fold,
        Status status,
        @Nullable String error,
        @Nullable String firstError,
        Map<String, Object> hyperparameters,
        Recipe recipe,
        @Nullable Map<String, Map<String, @Nullable Object>> metrics,
        @Nullable Map<String, Object> overfitting,
        @Nullable ParityResult parity,
        @Nullable Efficiency efficiency,
        @Nullable Timing timing,
        @Nullable Normalization normalization,
        @Nullable Provenance provenance) {

    /** Whether a trial has a trained network. */
    public enum Status {
        /** It was trained and judged. */
        @JsonProperty("done")
        DONE,
        /** It was not; the error says why. */
        @JsonProperty("failed")
        FAILED
    }

    /**
     * Makes the result of a trial that failed.
     *
     * @param spec the trial
     * @param error why, in one line
     * @return a result without numbers
     */
    public static TrialResult failed(TrialSpec spec, String error) {
        return new TrialResult(
                spec.classifier(),
                spec.variant(),
                spec.seed(),
                spec.fold(),
                Status.FAILED,
                error,
                null,
                spec.hyperparameters(),
                spec.recipe(),
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /** Replaces how far the ONNX file differs and, if it is there, its size and work. */
    TrialResult withOnnx(ParityResult newParity, Path file) throws IOException {
        return with(firstError, newParity, efficiency == null ? null : efficiency.withOnnx(file));
    }

    /**
     * Adds what was measured after training.
     *
     * @param engine that ran the network
     * @param latency of the network on it
     * @return a changed copy
     */
    public TrialResult withLatency(InferenceEngine engine, Latency latency) {
        return with(firstError, parity, efficiency == null ? null : efficiency.withLatency(engine, latency));
    }

    /**
     * Tells whether it is known how fast the network answers.
     *
     * @param engines that can run it
     * @return whether it was measured on all of them
     */
    public boolean isMeasured(List<InferenceEngine> engines) {
        return efficiency != null
                && engines.stream()
                        .allMatch(engine -> engine == InferenceEngine.PYTORCH
                                ? efficiency.pytorch() != null
                                : efficiency.onnxruntime() != null);
    }

    /**
     * Remembers that it was tried before.
     *
     * @param newFirstError why it failed then, in one line
     * @return a changed copy
     */
    public TrialResult afterRetry(@Nullable String newFirstError) {
        return with(newFirstError, parity, efficiency);
    }

    private TrialResult with(
            @Nullable String newFirstError, @Nullable ParityResult newParity, @Nullable Efficiency newEfficiency) {
        return new TrialResult(
                classifier,
                variant,
                seed,
                fold,
                status,
                error,
                newFirstError,
                hyperparameters,
                recipe,
                metrics,
                overfitting,
                newParity,
                newEfficiency,
                timing,
                normalization,
                provenance);
    }
}
