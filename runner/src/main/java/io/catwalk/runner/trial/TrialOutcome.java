package io.catwalk.runner.trial;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.catwalk.runner.data.Normalization;
import io.catwalk.runner.evaluation.Overfitting;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells what came of a trial, as the journal, {@code trial.json} and {@code results.json} show it. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "status")
@JsonSubTypes({
    @JsonSubTypes.Type(value = TrialOutcome.Done.class, name = "done"),
    @JsonSubTypes.Type(value = TrialOutcome.Failed.class, name = "failed"),
    @JsonSubTypes.Type(value = TrialOutcome.Lost.class, name = "lost")
})
public sealed interface TrialOutcome {

    /** Returns what was asked for. */
    TrialSpec trial();

    /** Returns why it failed at first, if it was tried again, in one line; null if it was not. */
    @Nullable
    String firstError();

    /** Returns why there is no trained network, in one line; null if there is one. */
    default @Nullable String error() {
        return null;
    }

    /**
     * Remembers that it was tried before.
     *
     * @param newFirstError why it failed then, in one line; null if it was not tried before
     * @return a changed copy
     */
    TrialOutcome afterRetry(@Nullable String newFirstError);

    /**
     * It was trained and judged.
     *
     * @param trial what was asked for
     * @param firstError why it failed at first, in one line; null if it did not
     * @param metrics what its weights score
     * @param overfitting the gaps between training, validation and test accuracy, and the verdict
     * @param parity how far its ONNX file differs from it; null if it was not to be exported
     * @param efficiency what it costs
     * @param timing when and how long
     * @param normalization of the pixels that the network expects
     * @param provenance everything else that made it
     * @param files what its weights, predictions and ONNX file hold
     */
    record Done(
            @JsonUnwrapped TrialSpec trial,
            @Nullable String firstError,
            TrialMetrics metrics,
            Overfitting overfitting,
            @Nullable ParityResult parity,
            Efficiency efficiency,
            Timing timing,
            Normalization normalization,
            Provenance provenance,
            List<FileDigest> files)
            implements TrialOutcome {

        /** Copies the list. */
        public Done {
            files = List.copyOf(files);
        }

        @Override
        public Done afterRetry(@Nullable String newFirstError) {
            return with(newFirstError, parity, efficiency, files);
        }

        /** Replaces how far the ONNX file differs and, if it is there, its size, work and digest. */
        Done withOnnx(ParityResult newParity, TrialFolder folder) throws IOException {
            return with(firstError, newParity, efficiency.withOnnx(folder.onnx()), folder.digests());
        }

        /**
         * Replaces what was measured after training.
         *
         * @param engine that ran the network
         * @param latency of the network on it; null leaves it out
         * @return a changed copy
         */
        public Done withLatency(InferenceEngine engine, @Nullable Latency latency) {
            return with(firstError, parity, efficiency.withLatency(engine, latency), files);
        }

        /**
         * Tells whether it is known how fast the network answers.
         *
         * @param engines that can run it
         * @return whether it was measured on all of them
         */
        public boolean isMeasured(List<InferenceEngine> engines) {
            return engines.stream().allMatch(engine -> efficiency.latency(engine) != null);
        }

        private Done with(
                @Nullable String newFirstError,
                @Nullable ParityResult newParity,
                Efficiency newEfficiency,
                List<FileDigest> newFiles) {
            return new Done(
                    trial,
                    newFirstError,
                    metrics,
                    overfitting,
                    newParity,
                    newEfficiency,
                    timing,
                    normalization,
                    provenance,
                    newFiles);
        }
    }

    /**
     * It has no trained network, and that is its own doing.
     *
     * @param trial what was asked for
     * @param error why, in one line
     * @param firstError why it failed at first, in one line; null if it was not tried again
     */
    record Failed(
            @JsonUnwrapped TrialSpec trial,
            String error,
            @Nullable String firstError) implements TrialOutcome {

        /**
         * Makes the outcome of a trial that was tried once.
         *
         * @param trial what was asked for
         * @param error why it failed, in one line
         */
        public Failed(TrialSpec trial, String error) {
            this(trial, error, null);
        }

        @Override
        public Failed afterRetry(@Nullable String newFirstError) {
            return new Failed(trial, error, newFirstError);
        }
    }

    /**
     * Nobody knows what would have come of it, since whoever ran it had trouble: a process that could not be
     * started, a disk that is full, a machine that went away.
     *
     * @param trial what was asked for
     * @param error which trouble, in one line
     * @param firstError why it failed at first, in one line; null if it was not tried again
     */
    record Lost(
            @JsonUnwrapped TrialSpec trial,
            String error,
            @Nullable String firstError) implements TrialOutcome {

        /**
         * Makes the outcome of a trial that was tried once.
         *
         * @param trial what was asked for
         * @param error which trouble, in one line
         */
        public Lost(TrialSpec trial, String error) {
            this(trial, error, null);
        }

        @Override
        public Lost afterRetry(@Nullable String newFirstError) {
            return new Lost(trial, error, newFirstError);
        }
    }
}
