package io.catwalk.runner.trial;

import io.catwalk.onnx.Predictor;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.data.EvenlySpaced;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.plugin.LoadedClassifier;
import io.catwalk.runner.plugin.LoadedPlugin;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.training.InitialWeights;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a trial in this process, in steps that fail and are repeated separately: train and save the
 * weights, evaluate them, export and cross-check. An attempt that finds the weights of an earlier one, made from
 * the same inputs, only runs the remaining steps.
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
        ResourceUsage spent = ResourceUsage.now();
        try {
            TrialSources sources = new TrialSources(order);
            sources.requireSoftware();
            sources.requireProcessor();
            InitialWeights init = sources.initialWeights();
            TrialImages images = sources.images();
            try (LoadedPlugin plugin =
                    LoadedPlugin.open(sources.jar(), order.inputs().pluginSha256())) {
                LoadedClassifier classifier = plugin.require(order.spec().classifier());
                TrainingStep training = new TrainingStep(order, init, folder, checkpointPause, System::nanoTime);
                try (TrainingStep.Trained trained = training.take(classifier, images, spent, listener)) {
                    return evaluated(trained, images, evaluated);
                }
            }
        } catch (InfrastructureException e) {
            LOG.error("The trial is lost", e);
            return new TrialOutcome.Lost(order.spec(), Reasons.oneLine(String.valueOf(e.getMessage())));
        }
    }

    private TrialOutcome evaluated(
            TrainingStep.Trained trained, TrialImages images, Consumer<TrialOutcome.Done> evaluated) {
        ResourceUsage spent = ResourceUsage.now();
        TrialMetrics metrics;
        try {
            metrics = evaluate(trained, images);
        } catch (InfrastructureException e) {
            throw e;
        } catch (Throwable e) { // the plugin's code was run: whatever it was, the network is trained
            LOG.error("The trained network could not be evaluated", e);
            return new TrialOutcome.Failed(
                    order.spec(),
                    "was trained and could not be evaluated, its weights are kept: " + TrialMain.reason(e));
        }
        TrialOutcome.Done done = InfrastructureException.reading(() -> done(trained.weights(), metrics, spent));
        evaluated.accept(done);
        TrialOutcome.Done last =
                order.spec().purpose() == TrialSpec.Purpose.SHIP ? exported(trained, images.dataset(), done) : done;
        InfrastructureException.writing(() -> folder.writeOutcome(last));
        return last;
    }

    private TrialMetrics evaluate(TrainingStep.Trained trained, TrialImages images) {
        ImageDataset dataset = images.dataset();
        ImageSource learned = dataset.train();
        try (Predictor predictor = trained.model().predictor()) {
            Normalization normalization = trained.weights().normalization();
            int classes = dataset.classes().size();
            Predictions test = Predictions.of(predictor, dataset.test(), normalization, classes);
            InfrastructureException.writing(() -> folder.writePredictions("test", test, dataset.test()));
            ImageSource held = learned.select(images.split().validation());
            Predictions validation = Predictions.of(predictor, held, normalization, classes);
            InfrastructureException.writing(() -> folder.writePredictions("validation", validation, held));
            ImageSource seen = learned.select(EvenlySpaced.of(images.split().train(), MOST_SEEN));
            Predictions train = Predictions.of(predictor, seen, normalization, classes);
            return new TrialMetrics(
                    Evaluation.of(test, dataset.classes()).metrics(),
                    Evaluation.of(validation, dataset.classes()).metrics(),
                    Evaluation.of(train, dataset.classes()).metrics());
        }
    }

    /** Exports and cross-checks. A network without an ONNX form is trained and evaluated nevertheless. */
    private TrialOutcome.Done exported(
            TrainingStep.Trained trained, ImageDataset dataset, TrialOutcome.Done evaluated) {
        return InfrastructureException.reading(() -> evaluated.withOnnx(
                OnnxModel.write(
                        folder.onnx(),
                        trained.model(),
                        dataset,
                        order,
                        evaluated,
                        folder.readExportOptions(),
                        () -> {}),
                folder));
    }

    private TrialOutcome.Done done(TrainedWeights weights, TrialMetrics metrics, ResourceUsage spent)
            throws IOException {
        return new TrialOutcome.Done(
                order.spec(),
                null,
                metrics,
                metrics.overfitting(),
                null,
                weights.efficiency().withMoreCpu(spent.cpuSeconds()),
                weights.timing().withMore(spent.seconds()),
                weights.normalization(),
                weights.provenance(),
                folder.digests());
    }
}
