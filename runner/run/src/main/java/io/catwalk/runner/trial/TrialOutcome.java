package io.catwalk.runner.trial;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.evaluation.Overfitting;
import io.catwalk.runner.given.GivenReport;
import io.catwalk.runner.latency.InferenceEngine;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.latency.Machine;
import io.catwalk.runner.training.WarmStart.TransferReport;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The outcome of a trial, as the journal, {@code trial.json} and {@code results.json} show it. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "status")
@JsonSubTypes({
    @JsonSubTypes.Type(value = TrialOutcome.Done.class, name = "done"),
    @JsonSubTypes.Type(value = TrialOutcome.Failed.class, name = "failed"),
    @JsonSubTypes.Type(value = TrialOutcome.Lost.class, name = "lost")
})
public sealed interface TrialOutcome {

    TrialSpec trial();

    /** Returns why the first attempt failed, if it was tried again, in one line; null if it was not. */
    @Nullable
    String firstError();

    /** Returns why there is no trained network, in one line; null if there is one. */
    default @Nullable String error() {
        return null;
    }

    /** Records why the first attempt failed, in one line; null if there was only one. */
    TrialOutcome afterRetry(@Nullable String newFirstError);

    /** Shortens absolute paths, as results and reports show them. */
    TrialOutcome withoutFolders();

    /** Selects those that are done. */
    static Stream<Done> done(Collection<? extends TrialOutcome> outcomes) {
        return outcomes.stream().filter(Done.class::isInstance).map(Done.class::cast);
    }

    /** Shortens absolute paths in a text that may be missing. */
    private static @Nullable String shortened(@Nullable String text) {
        return text == null ? null : Reasons.withoutFolders(text);
    }

    /**
     * The trial was trained and evaluated.
     *
     * @param overfitting always computed from the metrics, since earlier versions had another rule; null for a given model
     * @param parity how far its ONNX file differs from it; null if it was not to be exported, or was given
     * @param normalization of the pixels; null for a table of predictions
     * @param files digests of its weights, predictions and ONNX file
     * @param answers what its answers say about a given model; null for a training
     */
    record Done(
            @JsonUnwrapped TrialSpec trial,
            @Nullable String firstError,
            TrialMetrics metrics,
            @Nullable Overfitting overfitting,
            @Nullable ParityResult parity,
            Efficiency efficiency,
            Timing timing,
            @Nullable Normalization normalization,
            Provenance provenance,
            List<TrialFile.Digest> files,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            GivenReport answers)
            implements TrialOutcome {

        /** Copies the list, and computes the overfitting. */
        public Done {
            overfitting = metrics.overfitting();
            files = List.copyOf(files);
        }

        @Override
        public Done afterRetry(@Nullable String newFirstError) {
            return with(trial, newFirstError, parity, efficiency, files);
        }

        @Override
        public Done withoutFolders() {
            return with(
                    trial.withoutFolders(),
                    shortened(firstError),
                    parity == null ? null : parity.withoutFolders(),
                    efficiency,
                    files);
        }

        /** Replaces the parity of the ONNX file and, if the file exists, its size, MACs and digest. */
        Done withOnnx(ParityResult newParity, TrialFolder folder) throws IOException {
            return with(trial, firstError, newParity, efficiency.withOnnx(folder.onnx()), folder.digests(files));
        }

        /** Lists no file of an export, and why there is none. */
        Done withoutOnnx(ParityResult.Missing missing, String reason) {
            List<TrialFile.Digest> others =
                    files.stream().filter(file -> !TrialFile.isExported(file)).toList();
            return with(trial, firstError, ParityResult.without(missing, reason), efficiency, others);
        }

        /** Replaces the digests by those of the files as they are. */
        Done withDigests(TrialFolder folder) throws IOException {
            return with(trial, firstError, parity, efficiency, folder.digests());
        }

        /** Replaces a latency, which is measured after training; null leaves it out. */
        public Done withLatency(InferenceEngine engine, @Nullable Latency latency) {
            return with(trial, firstError, parity, efficiency.withLatency(engine, latency), files);
        }

        /** Takes over the latencies of an earlier outcome, as far as they are of the same files. */
        public Done measuredAs(Done then) {
            Done measured = this;
            if (shares(then, TrialFile.WEIGHTS)) {
                measured = measured.withLatency(InferenceEngine.PYTORCH, then.efficiency.pytorch());
            }
            if (shares(then, TrialFile.ONNX)) {
                measured = measured.withLatency(InferenceEngine.ONNX_RUNTIME, then.efficiency.onnxruntime());
            }
            return measured;
        }

        private boolean shares(Done then, TrialFile file) {
            return provenance.software().equals(then.provenance.software())
                    && files.stream()
                            .anyMatch(digest -> digest.file().equals(file.path()) && then.files.contains(digest));
        }

        /** Tells whether its latency was measured on all engines that can run it. */
        public boolean isMeasured(List<InferenceEngine> engines) {
            return efficiency.latencies().keySet().containsAll(engines);
        }

        private Done with(
                TrialSpec newTrial,
                @Nullable String newFirstError,
                @Nullable ParityResult newParity,
                Efficiency newEfficiency,
                List<TrialFile.Digest> newFiles) {
            return new Done(
                    newTrial,
                    newFirstError,
                    metrics,
                    overfitting,
                    newParity,
                    newEfficiency,
                    timing,
                    normalization,
                    provenance,
                    newFiles,
                    answers);
        }
    }

    /** The trial has no trained network, for reasons of its own. */
    record Failed(
            @JsonUnwrapped TrialSpec trial,
            String error,
            @Nullable String firstError) implements TrialOutcome {

        public Failed(TrialSpec trial, String error) {
            this(trial, error, null);
        }

        @Override
        public Failed afterRetry(@Nullable String newFirstError) {
            return new Failed(trial, error, newFirstError);
        }

        @Override
        public Failed withoutFolders() {
            return new Failed(trial.withoutFolders(), Reasons.withoutFolders(error), shortened(firstError));
        }
    }

    /**
     * The outcome of the trial is unknown, since there was a problem with whatever ran it: a process that could not be
     * started, a full disk, a machine that is no longer available.
     */
    record Lost(
            @JsonUnwrapped TrialSpec trial,
            String error,
            @Nullable String firstError) implements TrialOutcome {

        public Lost(TrialSpec trial, String error) {
            this(trial, error, null);
        }

        @Override
        public Lost afterRetry(@Nullable String newFirstError) {
            return new Lost(trial, error, newFirstError);
        }

        @Override
        public Lost withoutFolders() {
            return new Lost(trial.withoutFolders(), Reasons.withoutFolders(error), shortened(firstError));
        }
    }

    /**
     * Holds when a trial ran and for how long.
     *
     * @param startedAt moment of the start, ISO 8601, UTC
     * @param totalSeconds from the start to the last file, with loading and evaluation
     * @param bestEpoch number of the epoch whose weights were kept, from 1
     * @param secondsPerEpoch median over the epochs, without validation
     * @param steps of the optimizer in all epochs of the training whose weights are tested, which is the second one if there
     *     was one; null for a given model, and in older results
     * @param refitImages number of images that the network was trained on once more, for as many epochs as the best one has
     *     as its number; null if it was not
     */
    record Timing(
            String startedAt,
            double totalSeconds,
            int epochs,
            int bestEpoch,
            double secondsPerEpoch,
            @Nullable Long steps,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Integer refitImages) {

        /** With fewer steps, a network rarely gets far from its random weights, whatever its recipe. */
        public static final int FEW_STEPS = 200;

        /** Adds time that was spent after the training. */
        Timing withMore(double seconds) {
            return new Timing(
                    startedAt, totalSeconds + seconds, epochs, bestEpoch, secondsPerEpoch, steps, refitImages);
        }
    }

    /**
     * Records everything that made a result, besides its recipe, hyperparameters and seed; digests are hexadecimal.
     *
     * @param splitSha256 digest of the training and validation indices
     * @param card name of the graphics card that it was trained on; null for the processor
     * @param transfer which weights it started from; null for random ones
     */
    record Provenance(
            String pluginId,
            String pluginVersion,
            String pluginSha256,
            String datasetSha256,
            String splitSha256,
            int threads,
            @Nullable String card,
            @Nullable TransferReport transfer,
            Software software,
            Machine machine) {

        /** Returns the plugin, the data set and the versions that the trial was made from. */
        public TrialOrder.Inputs inputs() {
            return new TrialOrder.Inputs(pluginId, pluginVersion, pluginSha256, datasetSha256, software);
        }
    }

    /**
     * Holds the metrics of the same weights in evaluation mode on each part of the images.
     *
     * @param test on the test images; with folds, those of the fold
     * @param validation on the images that selected the epoch, and so optimistically biased: the best of several epochs is
     *     partly the luckiest; null for a given model
     * @param train on the images that were trained on, without augmentation; on 60,000 of them, evenly spaced, if there are
     *     more; null for a given model
     */
    record TrialMetrics(
            Metrics test,
            @Nullable Metrics validation,
            @Nullable Metrics train) {

        /** Returns those on the training images; throws for a given model. */
        public Metrics learned() {
            return Objects.requireNonNull(train);
        }

        /** Returns those on the validation images; throws for a given model. */
        public Metrics held() {
            return Objects.requireNonNull(validation);
        }

        /** Returns the gaps between these accuracies, with the verdict on that to validation accuracy; null for a given model. */
        public @Nullable Overfitting overfitting() {
            return train == null || validation == null ? null : Overfitting.of(train, validation, test);
        }
    }
}
