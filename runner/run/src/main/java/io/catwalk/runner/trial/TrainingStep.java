package io.catwalk.runner.trial;

import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Task;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.latency.Machine;
import io.catwalk.runner.plugin.LoadedClassifier;
import io.catwalk.runner.training.Checkpoints;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.training.EpochBatches;
import io.catwalk.runner.training.InitialWeights;
import io.catwalk.runner.training.TrainedModel;
import io.catwalk.runner.training.Training;
import io.catwalk.runner.training.TrainingData;
import io.catwalk.runner.training.WarmStart;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first step of a trial, which ends with its weights on the disk. It uses the weights of an earlier attempt,
 * or continues from the state of a training that was stopped, or starts at the beginning.
 */
record TrainingStep(
        TrialOrder order,
        @Nullable InitialWeights init,
        TrialFolder folder,
        Duration checkpointPause,
        LongSupplier nanoTime) {

    private static final Logger LOG = LoggerFactory.getLogger(TrainingStep.class);

    /** A network whose weights are on the disk, and how they were made. */
    record Trained(TrainedModel model, TrainedWeights weights) implements AutoCloseable {

        @Override
        public void close() {
            model.close();
        }
    }

    /** Runs the step; the listener receives each epoch, first those that an earlier attempt trained. */
    Trained take(LoadedClassifier classifier, TrialImages images, ResourceUsage start, Consumer<Epoch> listener) {
        // Weights are of no use without this, and if it cannot be written, the weights could not be written either.
        InfrastructureException.writing(() -> {
            folder.writeSplit(images);
            folder.writeClasses(images.dataset().classes());
        });
        TrainedWeights earlier;
        try {
            earlier = folder.readTraining(order.key());
        } catch (IOException e) {
            LOG.warn("The weights of an earlier attempt cannot be read, and are made again", e);
            earlier = null;
        }
        return earlier == null
                ? train(classifier, images, start, listener)
                : taken(earlier, classifier, images, listener);
    }

    private Trained taken(
            TrainedWeights weights, LoadedClassifier classifier, TrialImages images, Consumer<Epoch> listener) {
        LOG.info("The weights of an earlier attempt are taken");
        return InfrastructureException.reading(() -> {
            List<Epoch> history = Objects.requireNonNull(weights.history(), "readTraining reads it");
            folder.writeHistory(history);
            history.forEach(listener);
            return new Trained(
                    folder.readModel(classifier, chosen(), order.dataset().task(images.dataset())), weights);
        });
    }

    private Trained train(
            LoadedClassifier classifier, TrialImages images, ResourceUsage start, Consumer<Epoch> listener) {
        TrialSpec spec = order.spec();
        TrainingData data = TrainingData.of(images.dataset().train(), images.split());
        List<Epoch> history = new ArrayList<>();
        Task task = order.dataset().task(images.dataset());
        TrainedModel model;
        boolean brought = spec.recipe().pretrained() && init == null;
        try (Scratch scratch = brought ? new Scratch() : null) {
            model = new Training(
                            classifier,
                            chosen(),
                            task,
                            data,
                            spec.recipe(),
                            spec.seed(),
                            spec.fold(),
                            spec.device(),
                            start(classifier, task, images, scratch),
                            nanoTime)
                    .run(
                            epoch -> {
                                history.add(epoch);
                                showHistory(history);
                                listener.accept(epoch);
                            },
                            Checkpoints.in(folder.file(TrialFile.CHECKPOINT), order.key(), checkpointPause, nanoTime));
        } catch (IOException e) {
            throw new InfrastructureException("the weights that the plugin brings cannot be read: " + Reasons.of(e), e);
        }
        TrainedWeights weights = saved(model, history, classifier, images, data, start);
        // Read again, as a later attempt would do: the engine may sum in another order if the weights have another
        // place in memory, and the evaluated network must not depend on whether the trial was stopped here.
        return InfrastructureException.reading(() -> new Trained(
                folder.readModel(classifier, chosen(), order.dataset().task(images.dataset())), weights));
    }

    /** Starts from weights of the plugin, copied into the folder if there is one; else from those of the user, if any. */
    private @Nullable WarmStart start(
            LoadedClassifier classifier, Task task, TrialImages images, @Nullable Scratch scratch) throws IOException {
        if (scratch != null) {
            return WarmStart.ofPlugin(classifier.weights(task, chosen()), scratch);
        }
        return init == null ? null : WarmStart.of(init, images.dataset().classes());
    }

    /** Writes the weights and how they were made, and closes the network that was trained. */
    private TrainedWeights saved(
            TrainedModel model,
            List<Epoch> history,
            LoadedClassifier classifier,
            TrialImages images,
            TrainingData data,
            ResourceUsage start) {
        try (model) {
            InfrastructureException.writing(() -> {
                folder.writeHistory(history);
                folder.writeModel(model);
            });
            TrainedWeights weights =
                    InfrastructureException.reading(() -> weights(model, history, classifier, images, data, start));
            InfrastructureException.writing(() -> folder.writeTraining(weights));
            return weights;
        }
    }

    /** Writes the history so far; if it cannot be written, the training goes on. */
    private void showHistory(List<Epoch> history) {
        try {
            folder.writeHistory(history);
        } catch (IOException e) {
            LOG.warn("The history could not be written", e);
        }
    }

    private TrainedWeights weights(
            TrainedModel model,
            List<Epoch> history,
            LoadedClassifier classifier,
            TrialImages images,
            TrainingData data,
            ResourceUsage start)
            throws IOException {
        double[] seconds = model.history().stream().mapToDouble(Epoch::seconds).toArray();
        double trainingSeconds = Arrays.stream(seconds).sum();
        EpochBatches batches = EpochBatches.of(
                data.split().train().length, order.spec().recipe().batchSize());
        TrialFile.Digest digest = TrialFile.Digest.of(folder.path(), TrialFile.WEIGHTS);
        return new TrainedWeights(
                order.key(),
                digest,
                new Efficiency(
                        model.parameters(),
                        null,
                        digest.bytes(),
                        null,
                        trainingSeconds,
                        (double) seconds.length * batches.images() / trainingSeconds,
                        start.cpuSeconds(),
                        Machine.peakMemoryBytes(),
                        null,
                        null),
                new Timing(
                        start.at().toString(),
                        Math.max(start.seconds(), trainingSeconds), // some epochs may be from an earlier attempt
                        seconds.length,
                        model.bestEpoch(),
                        Latency.median(seconds),
                        (long) seconds.length * batches.steps()),
                data.normalization(),
                new Provenance(
                        classifier.pluginId(),
                        classifier.version(),
                        classifier.jarSha256(),
                        images.dataset().sha256(),
                        images.sha256(),
                        order.spec().threads(),
                        Accelerators.here().card(order.spec().device()),
                        model.transfer(),
                        Software.current(),
                        Machine.current()),
                history);
    }

    private Hyperparameters chosen() {
        return new Hyperparameters(order.spec().hyperparameters());
    }
}
