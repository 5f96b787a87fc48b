package io.catwalk.runner.trial;

import io.catwalk.api.Hyperparameters;
import io.catwalk.onnx.Predictor;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.runner.plugin.LoadedClassifier;
import io.catwalk.runner.plugin.LoadedPlugin;
import io.catwalk.runner.training.TrainedModel;
import java.io.IOException;

/** Measures a network in this process. */
final class BenchRun {

    private BenchRun() {}

    static LatencyBench.Measured measure(BenchOrder.OfWeights order) throws IOException {
        TrialOrder trial = order.trial();
        try (LoadedPlugin plugin =
                LoadedPlugin.find(order.pluginsDir(), trial.inputs().pluginSha256())) {
            LoadedClassifier classifier = plugin.require(trial.spec().classifier());
            Hyperparameters chosen = new Hyperparameters(trial.spec().hyperparameters());
            try (TrainedModel model = new TrialFolder(order.folder()).readModel(classifier, chosen, order.task());
                    Predictor predictor = model.predictor()) {
                return measured(predictor, order.image(), order);
            }
        }
    }

    /** Measures an ONNX file; PyTorch is not even loaded. */
    static LatencyBench.Measured measure(BenchOrder.OfFile order) {
        try (OnnxPredictor predictor =
                OnnxPredictor.open(order.file(), OnnxOptions.standard().withThreads(order.threads()), order.hints())) {
            return measured(predictor, order.image(), order);
        }
    }

    private static LatencyBench.Measured measured(Predictor predictor, BenchImage image, BenchOrder order) {
        float[] input = image.normalized();
        float[] logits = predictor.logits(input, 1);
        Machine machine = Machine.current();
        BusyWatch watch = BusyWatch.start(System::nanoTime, order.threads());
        LatencyMeter meter = new LatencyMeter(predictor, input, order.settings(), System::nanoTime);
        return meter.measure(order.threads(), watch, machine, logits);
    }
}
