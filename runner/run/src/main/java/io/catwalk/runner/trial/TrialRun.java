package io.catwalk.runner.trial;

import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Recipe;
import io.catwalk.api.Task;
import io.catwalk.onnx.Predictor;
import io.catwalk.onnx.file.ModelFiles;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.given.BackboneSpec;
import io.catwalk.runner.given.GivenAnswers;
import io.catwalk.runner.given.GivenModel;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.latency.Machine;
import io.catwalk.runner.plugin.LoadedPlugin;
import io.catwalk.runner.plugin.LoadedPlugin.LoadedClassifier;
import io.catwalk.runner.training.Accelerators;
import io.catwalk.runner.training.Checkpoints;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.training.TrainedModel;
import io.catwalk.runner.training.Training;
import io.catwalk.runner.training.Training.EpochBatches;
import io.catwalk.runner.training.Training.TrainingData;
import io.catwalk.runner.training.WarmStart;
import io.catwalk.runner.training.WarmStart.InitialWeights;
import io.catwalk.runner.training.WarmStart.TransferReport;
import io.catwalk.runner.trial.SplitSpec.TrialImages;
import io.catwalk.runner.trial.TrialOutcome.Provenance;
import io.catwalk.runner.trial.TrialOutcome.Timing;
import io.catwalk.runner.trial.TrialOutcome.TrialMetrics;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a trial in this process, in steps that fail and are repeated separately: train and save the weights, evaluate
 * them, export and cross-check. An attempt that finds the weights of an earlier one, made from the same inputs, only
 * runs the remaining steps; one that finds the state of a training that was stopped continues from there.
 */
final class TrialRun {

    private static final Logger LOG = LoggerFactory.getLogger(TrialRun.class);

    /** The most training images that are evaluated: their logits are held in memory. */
    static final int MOST_SEEN = 60_000;

    private final TrialOrder order;
    private final TrialFolder folder;
    private final Duration checkpointPause;

    TrialRun(TrialOrder order, TrialFolder folder) {
        this(order, folder, Duration.ofSeconds(10));
    }

    /** Runs a trial; {@code checkpointPause} is the shortest time between two checkpoints of its training. */
    TrialRun(TrialOrder order, TrialFolder folder, Duration checkpointPause) {
        this.order = order;
        this.checkpointPause = checkpointPause;
        this.folder = folder;
    }

    /**
     * Runs the remaining steps; the listener receives first the epochs that an earlier attempt trained. The trial is lost
     * if a file cannot be read or written, or something is not what the order names, and failed if the trained network
     * cannot be evaluated. Exceptions of the training are passed on.
     */
    TrialOutcome run(Consumer<Epoch> listener, Consumer<TrialOutcome.Done> evaluated) {
        ResourceUsage start = ResourceUsage.now();
        try {
            TrialSources sources = new TrialSources(order);
            sources.requireSame();
            GivenModel given = order.spec().given();
            if (given != null) {
                return given(given, sources, start);
            }
            InitialWeights init = sources.initialWeights();
            TrialImages images = sources.inputs();
            try (LoadedPlugin plugin =
                    LoadedPlugin.open(sources.jar(), order.inputs().pluginSha256())) {
                LoadedClassifier classifier = plugin.require(order.spec().classifier());
                Task task = order.dataset().task(images.dataset());
                // Weights are of no use without this, and if it cannot be written, they could not be written either.
                folder.writeSplit(images);
                folder.writeClasses(images.dataset().classes());
                TrainedWeights earlier = earlier(listener);
                Setup setup = new Setup(classifier, task, images, init, listener);
                TrainedWeights weights = earlier == null ? trained(setup, start) : earlier;
                // New weights are read again, as a later attempt would do: the engine may sum in another order if they
                // have another place in memory, and what is evaluated must not depend on whether the trial was stopped.
                try (TrainedModel model = folder.readModel(TrialFile.WEIGHTS, classifier, order.spec(), task);
                        TrainedModel first = weights.choice() == null
                                ? null
                                : folder.readModel(TrialFile.CHOSEN_WEIGHTS, classifier, order.spec(), task)) {
                    return evaluated(model, first == null ? model : first, weights, images, sources, evaluated);
                }
            }
        } catch (InfrastructureException e) {
            LOG.error("The trial is lost", e);
            return new TrialOutcome.Lost(order.spec(), Reasons.oneLine(String.valueOf(e.getMessage())));
        } catch (IOException e) {
            LOG.error("The trial is lost", e);
            String reason = Reasons.of(e);
            return new TrialOutcome.Lost(
                    order.spec(),
                    reason.startsWith("cannot write ") ? reason : "a file could not be read or written: " + reason);
        }
    }

    /** Evaluates a given model on the test images, and copies its file, so that the run does not depend on it. */
    private TrialOutcome given(GivenModel model, TrialSources sources, ResourceUsage spent) throws IOException {
        Path file = sources.given(model);
        TrialImages images = sources.images();
        ImageDataset dataset = images.dataset();
        GivenAnswers answers;
        try {
            Path place = !dataset.test().file(0).isEmpty() ? sources.imagesFolder() : null;
            answers = GivenAnswers.of(model, file, dataset, place);
        } catch (RequestException e) {
            return new TrialOutcome.Failed(order.spec(), TrialMain.reason(e));
        }
        folder.writeSplit(images);
        folder.writeClasses(dataset.classes());
        folder.writePredictions("test", answers.stored(dataset.classes().size()), dataset.test());
        if (model.kind() == GivenModel.Kind.ONNX) {
            ModelFiles.copy(file, folder.onnx());
        }
        TrialOutcome.Done done = new TrialOutcome.Done(
                order.spec(),
                null,
                new TrialMetrics(answers.evaluation(dataset.classes()).metrics(), null, null),
                null,
                null,
                Efficiency.ofGiven(model, file, spent),
                new Timing(spent.at().toString(), spent.seconds(), 0, 0, 0, null, null),
                model.kind() == GivenModel.Kind.ONNX ? model.normalization() : null,
                provenance("", "", images, null, null),
                folder.digests(),
                answers.report());
        folder.writeOutcome(done);
        return done;
    }

    private Provenance provenance(
            String pluginId,
            String pluginVersion,
            TrialImages images,
            @Nullable String card,
            @Nullable TransferReport transfer) {
        return new Provenance(
                pluginId,
                pluginVersion,
                order.inputs().pluginSha256(),
                images.dataset().sha256(),
                images.sha256(),
                order.spec().threads(),
                card,
                transfer,
                Software.current(),
                Machine.current());
    }

    /** Takes the weights of an earlier attempt; null if there are none that can be read. */
    private @Nullable TrainedWeights earlier(Consumer<Epoch> listener) throws IOException {
        TrainedWeights earlier;
        try {
            earlier = folder.readTraining(order.key());
        } catch (IOException e) {
            LOG.warn("The weights of an earlier attempt cannot be read, and are made again", e);
            return null;
        }
        if (earlier != null) {
            LOG.info("The weights of an earlier attempt are taken");
            writeHistories(earlier);
            earlier.choosing().forEach(listener);
            if (earlier.choice() != null) {
                earlier.history().forEach(listener);
            }
        }
        return earlier;
    }

    private void writeHistories(TrainedWeights weights) throws IOException {
        folder.writeHistory(weights.choosing(), TrialFile.HISTORY);
        if (weights.choice() != null) {
            folder.writeHistory(weights.history(), TrialFile.REFIT_HISTORY);
        }
    }

    /** What the trainings of a trial have in common. */
    private record Setup(
            LoadedClassifier classifier,
            Task task,
            TrialImages images,
            @Nullable InitialWeights init,
            Consumer<Epoch> listener) {}

    /** Trains, and writes the weights and how they were made. */
    private TrainedWeights trained(Setup setup, ResourceUsage start) throws IOException {
        TrialImages images = setup.images;
        TrainingData data = TrainingData.of(images.dataset().train(), images.split());
        Recipe recipe = order.spec().recipe();
        Choice choice = null;
        if (order.refits()) {
            choice = choice(setup, data);
            data = TrainingData.of(images.dataset().train(), images.labeled());
            // Another length is another schedule: it ends with this epoch.
            recipe = recipe.withEpochs(choice.bestEpoch()).withPatience(0);
        }
        TrialFile historyFile = choice == null ? TrialFile.HISTORY : TrialFile.REFIT_HISTORY;
        try (TrainedModel model = train(setup, data, recipe, historyFile)) {
            folder.writeModel(model, TrialFile.WEIGHTS);
            TrainedWeights weights = weights(model, choice, setup, data, start);
            writeHistories(weights);
            folder.writeTraining(weights);
            return weights;
        }
    }

    /** Trains with validation images, unless an earlier attempt did; writes the weights, and which epoch they are of. */
    private Choice choice(Setup setup, TrainingData data) throws IOException {
        Choice earlier = folder.readChoice(order.key());
        if (earlier != null) {
            LOG.info("The epoch that an earlier attempt chose is taken");
            showHistory(earlier.history(), TrialFile.HISTORY);
            earlier.history().forEach(setup.listener);
            return earlier;
        }
        try (TrainedModel model = train(setup, data, order.spec().recipe(), TrialFile.HISTORY)) {
            folder.writeModel(model, TrialFile.CHOSEN_WEIGHTS);
            Choice choice = new Choice(
                    order.key(),
                    TrialFile.Digest.of(folder.path(), TrialFile.CHOSEN_WEIGHTS),
                    model.bestEpoch(),
                    data.normalization(),
                    model.history());
            folder.write(TrialFile.CHOICE, choice);
            return choice;
        }
    }

    private TrainedModel train(Setup setup, TrainingData data, Recipe recipe, TrialFile historyFile) {
        TrialSpec spec = order.spec();
        InitialWeights init = setup.init;
        Hyperparameters chosen = new Hyperparameters(spec.hyperparameters());
        List<Epoch> history = new ArrayList<>();
        // Neither training goes on from a state of the other.
        String key = order.key() + (historyFile == TrialFile.REFIT_HISTORY ? "-refit" : "");
        // Weights in the jar of the plugin are copied into a folder, since they are read from files.
        try (Scratch scratch = recipe.pretrained() && init == null ? new Scratch() : null) {
            WarmStart from = scratch != null
                    ? WarmStart.ofPlugin(setup.classifier.weights(setup.task, chosen), scratch)
                    : init == null
                            ? null
                            : WarmStart.of(init, setup.images.dataset().classes());
            return new Training(
                            setup.classifier,
                            chosen,
                            setup.task,
                            data,
                            recipe,
                            spec.seed(),
                            spec.fold(),
                            spec.device(),
                            from,
                            System::nanoTime)
                    .run(
                            epoch -> {
                                history.add(epoch);
                                showHistory(history, historyFile);
                                setup.listener.accept(epoch);
                            },
                            new Checkpoints(folder.file(TrialFile.CHECKPOINT), key, checkpointPause, System::nanoTime));
        } catch (IOException e) {
            throw new InfrastructureException("the weights that the plugin brings cannot be read: " + Reasons.of(e), e);
        }
    }

    /** Writes the history so far; if it cannot be written, the training goes on. */
    private void showHistory(List<Epoch> history, TrialFile file) {
        try {
            folder.writeHistory(history, file);
        } catch (IOException e) {
            LOG.warn("The history could not be written", e);
        }
    }

    private TrainedWeights weights(
            TrainedModel model, @Nullable Choice choice, Setup setup, TrainingData data, ResourceUsage start)
            throws IOException {
        List<Epoch> choosing = choice == null ? model.history() : choice.history();
        double[] seconds = choosing.stream().mapToDouble(Epoch::seconds).toArray();
        int batchSize = order.spec().recipe().batchSize();
        EpochBatches batches = EpochBatches.of(setup.images.split().train().length, batchSize);
        double trainingSeconds = Arrays.stream(seconds).sum();
        long passed = (long) seconds.length * batches.images();
        long steps = (long) seconds.length * batches.steps();
        if (choice != null) {
            EpochBatches all = EpochBatches.of(data.split().train().length, batchSize);
            trainingSeconds +=
                    model.history().stream().mapToDouble(Epoch::seconds).sum();
            passed += (long) choice.bestEpoch() * all.images();
            steps = (long) choice.bestEpoch() * all.steps();
        }
        TrialFile.Digest digest = TrialFile.Digest.of(folder.path(), TrialFile.WEIGHTS);
        BackboneSpec backbone = order.spec().backbone();
        return new TrainedWeights(
                order.key(),
                digest,
                new Efficiency(
                        model.parameters() + (backbone == null ? 0 : backbone.parameters()),
                        null,
                        digest.bytes(),
                        null,
                        trainingSeconds,
                        passed / trainingSeconds,
                        start.cpuSeconds(),
                        Machine.peakMemoryBytes(),
                        null,
                        null),
                new Timing(
                        start.at().toString(),
                        Math.max(start.seconds(), trainingSeconds), // some epochs may be from an earlier attempt
                        seconds.length,
                        choice == null ? model.bestEpoch() : choice.bestEpoch(),
                        Latency.median(seconds),
                        steps,
                        choice == null ? null : (Integer) data.split().train().length),
                data.normalization(),
                provenance(
                        setup.classifier.plugin().id(),
                        setup.classifier.plugin().version(),
                        setup.images,
                        Accelerators.here().card(order.spec().device()),
                        model.transfer()),
                model.history(),
                choice);
    }

    /** Evaluates the network on the test images, and the one that chose the epoch on those that it was trained with. */
    private TrialOutcome evaluated(
            TrainedModel model,
            TrainedModel choosing,
            TrainedWeights weights,
            TrialImages images,
            TrialSources sources,
            Consumer<TrialOutcome.Done> evaluated)
            throws IOException {
        ResourceUsage spent = ResourceUsage.now();
        ImageDataset dataset = images.dataset();
        ImageSource held = dataset.train().select(images.split().validation());
        Predictions test;
        Predictions validation;
        TrialMetrics metrics;
        List<String> classes = dataset.classes();
        try {
            try (Predictor predictor = model.predictor()) {
                test = Predictions.of(predictor, dataset.test(), weights.normalization(), classes.size());
            }
            Predictions train;
            try (Predictor predictor = choosing.predictor()) {
                Choice choice = weights.choice();
                Normalization own = choice == null ? weights.normalization() : choice.normalization();
                validation = Predictions.of(predictor, held, own, classes.size());
                ImageSource seen = dataset.train()
                        .select(ImageSource.evenlySpaced(images.split().train(), MOST_SEEN));
                train = Predictions.of(predictor, seen, own, classes.size());
            }
            metrics = new TrialMetrics(
                    Evaluation.of(test, classes).metrics(),
                    Evaluation.of(validation, classes).metrics(),
                    Evaluation.of(train, classes).metrics());
        } catch (Throwable e) { // the plugin's code was run: whatever it was, the network is trained
            LOG.error("The trained network could not be evaluated", e);
            return new TrialOutcome.Failed(
                    order.spec(),
                    "was trained and could not be evaluated, its weights are kept: " + TrialMain.reason(e));
        }
        folder.writePredictions("test", test, dataset.test());
        folder.writePredictions("validation", validation, held);
        BackboneSpec backbone = order.spec().backbone();
        TrialOutcome.Done done = new TrialOutcome.Done(
                order.spec(),
                null,
                metrics,
                metrics.overfitting(),
                null,
                weights.efficiency().withMoreCpu(spent.cpuSeconds()),
                weights.timing().withMore(spent.seconds()),
                backbone == null ? weights.normalization() : backbone.network().normalization(),
                weights.provenance(),
                folder.digests(),
                null);
        evaluated.accept(done);
        if (order.spec().purpose() == TrialSpec.Purpose.SHIP && !sources.lacksBackbone()) {
            // A network without an ONNX form is trained and evaluated nevertheless.
            ExportOptions options = folder.readExportOptions();
            AppliedNetwork network = AppliedNetwork.of(model, weights.normalization(), dataset, order.spec(), sources);
            done = done.withOnnx(OnnxModel.write(folder.onnx(), network, order, done, options, () -> {}), folder);
        }
        folder.writeOutcome(done);
        return done;
    }

    /** The time, on a clock that cannot be set, and the CPU seconds of all threads at some moment. */
    record ResourceUsage(Instant at, long nanos, double cpu) {

        static ResourceUsage now() {
            return new ResourceUsage(Instant.now(), System.nanoTime(), process());
        }

        double seconds() {
            return (System.nanoTime() - nanos) / 1e9;
        }

        /** Returns the CPU seconds of all threads together since then. */
        double cpuSeconds() {
            return process() - cpu;
        }

        private static double process() {
            return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                            .getProcessCpuTime()
                    / 1e9;
        }
    }

    /** What an attempt keeps for the next one. */
    sealed interface Kept {

        /** Identifies what made it. */
        String key();

        /** Lists the weights, without which it is of no use. */
        List<TrialFile.Digest> files();
    }

    /**
     * How the weights of a trial were made, and what that cost. It is written once the weights are on the disk, so that all
     * later steps can be repeated without training again.
     *
     * @param history of the training, one record per epoch
     * @param choice what an earlier training chose, if the network was trained once more; otherwise null
     */
    record TrainedWeights(
            String key,
            TrialFile.Digest weights,
            Efficiency efficiency,
            Timing timing,
            Normalization normalization,
            Provenance provenance,
            List<Epoch> history,
            @Nullable Choice choice)
            implements Kept {

        @Override
        public List<TrialFile.Digest> files() {
            return choice == null ? List.of(weights) : List.of(weights, choice.weights);
        }

        /** Returns the history of the training that chose the epoch. */
        List<Epoch> choosing() {
            return choice == null ? history : choice.history;
        }
    }

    /**
     * What a training with validation images chose, before the network is trained once more without any.
     *
     * @param weights of this training
     */
    record Choice(String key, TrialFile.Digest weights, int bestEpoch, Normalization normalization, List<Epoch> history)
            implements Kept {

        @Override
        public List<TrialFile.Digest> files() {
            return List.of(weights);
        }
    }
}
