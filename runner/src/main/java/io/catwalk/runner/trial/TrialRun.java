package io.catwalk.runner.trial;

import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Task;
import io.catwalk.onnx.Predictor;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.LabeledImages;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.plugin.LoadedClassifier;
import io.catwalk.runner.plugin.LoadedPlugin;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.training.TrainedModel;
import io.catwalk.runner.training.Training;
import io.catwalk.runner.training.TrainingData;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Runs a trial in this process: trains, judges and leaves everything in the trial folder. */
final class TrialRun {

    private final TrialOrder order;
    private final TrialFolder folder;

    TrialRun(TrialOrder order) {
        this.order = order;
        folder = new TrialFolder(order.folder());
    }

    /**
     * Trains and judges.
     *
     * @param listener is told of each epoch as it ends
     * @return the outcome, which also stands in the trial folder
     * @throws IOException if the folder cannot be written
     */
    TrialOutcome.Done train(Consumer<Epoch> listener) throws IOException {
        Instant started = Instant.now();
        long start = System.nanoTime();
        TrialImages images = order.images();
        ImageDataset dataset = images.dataset();
        try (LoadedPlugin plugin = plugin()) {
            TrialSpec spec = order.spec();
            LoadedClassifier classifier = plugin.require(spec.classifier());
            folder.writeSplit(images);
            TrainingData data = TrainingData.of(dataset.train(), images.split());
            Training training = new Training(
                    classifier,
                    chosen(),
                    task(dataset),
                    data,
                    spec.recipe(),
                    spec.seed(),
                    spec.fold(),
                    System::nanoTime);
            List<Epoch> history = new ArrayList<>();
            try (TrainedModel model = training.run(epoch -> {
                history.add(epoch);
                folder.writeHistory(history);
                listener.accept(epoch);
            })) {
                TrialMetrics metrics = judge(model, dataset, data);
                folder.writeModel(model);
                TrialOutcome.Done judged = result(model, metrics, classifier, images, data, started, start);
                TrialOutcome.Done result =
                        spec.purpose() == TrialSpec.Purpose.SHIP ? exported(model, dataset, judged) : judged;
                folder.writeOutcome(result);
                return result;
            }
        }
    }

    /** Exports and cross-checks. A network without an ONNX form is trained and judged all the same. */
    private TrialOutcome.Done exported(TrainedModel model, ImageDataset dataset, TrialOutcome.Done judged)
            throws IOException {
        ParityResult parity = OnnxModel.write(folder.onnx(), model, dataset, judged, ExportOptions.standard());
        return judged.withOnnx(parity, folder.onnx());
    }

    /** Opens the one jar that the trial needs. */
    private LoadedPlugin plugin() {
        return LoadedPlugin.find(order.pluginsDir(), order.inputs().pluginSha256());
    }

    private Hyperparameters chosen() {
        return new Hyperparameters(order.spec().hyperparameters());
    }

    private TrialMetrics judge(TrainedModel model, ImageDataset dataset, TrainingData data) throws IOException {
        int classes = dataset.classes().size();
        try (Predictor predictor = model.predictor()) {
            Predictions test = Predictions.of(predictor, dataset.test(), data.normalization(), classes);
            folder.writePredictions("test", test);
            LabeledImages held = data.images().select(data.split().validation());
            Predictions validation = Predictions.of(predictor, held, data.normalization(), classes);
            folder.writePredictions("validation", validation);
            LabeledImages seen = data.images().select(data.split().train());
            Predictions train = Predictions.of(predictor, seen, data.normalization(), classes);
            return new TrialMetrics(
                    Evaluation.of(test, dataset.classes()).metrics(),
                    Evaluation.of(validation, dataset.classes()).metrics(),
                    Evaluation.of(train, dataset.classes()).metrics());
        }
    }

    private TrialOutcome.Done result(
            TrainedModel model,
            TrialMetrics metrics,
            LoadedClassifier classifier,
            TrialImages images,
            TrainingData data,
            Instant started,
            long start)
            throws IOException {
        TrialSpec spec = order.spec();
        double trainingSeconds =
                model.history().stream().mapToDouble(Epoch::seconds).sum();
        long seen = (long) model.history().size() * data.split().train().length;
        Efficiency efficiency = new Efficiency(
                model.parameters(),
                null,
                folder.modelBytes(),
                null,
                trainingSeconds,
                seen / trainingSeconds,
                cpuSeconds(),
                Machine.peakMemoryBytes(),
                null,
                null);
        Timing timing = new Timing(
                started.toString(),
                (System.nanoTime() - start) / 1e9,
                model.history().size(),
                model.bestEpoch(),
                median(model.history().stream().mapToDouble(Epoch::seconds).toArray()));
        Provenance provenance = new Provenance(
                classifier.pluginId(),
                classifier.version(),
                classifier.jarSha256(),
                images.dataset().sha256(),
                images.sha256(),
                spec.threads(),
                Software.current(),
                Machine.current());
        return new TrialOutcome.Done(
                spec, null, metrics, metrics.overfitting(), null, efficiency, timing, data.normalization(), provenance);
    }

    static Task task(ImageDataset dataset) {
        LabeledImages images = dataset.train();
        return new Task(
                images.channels(),
                images.height(),
                images.width(),
                dataset.classes().size());
    }

    private static double cpuSeconds() {
        return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                        .getProcessCpuTime()
                / 1e9;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
