package io.catwalk.runner.cli;

import io.catwalk.onnx.quantize.WeightRange;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.derived.Decision;
import io.catwalk.runner.derived.QuantizationVerdict;
import io.catwalk.runner.derived.Quantizer;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "quantize",
        description = {
            "Write an ONNX file in 8 bits, calibrated on training images, and say whether to ship it: by a paired test "
                    + "against the float file on all test images, and by the speed of both on this machine.",
            "Nodes are left in float, the worst first, until the budget holds. Exit codes: 0 if the file should ship; 1 if "
                    + "not: it is named NAME.rejected.onnx; 4 if the test images are too few, or the machine was busy: "
                    + "it is named NAME.undecided.onnx."
        })
final class QuantizeCommand extends JsonCommand {

    private static final int MOST_CALIBRATION = 100_000;

    @Parameters(
            paramLabel = "MODEL.onnx|TRIAL",
            description = "A float ONNX file of any program, or the folder of a trial that was exported.")
    private Path subject = Path.of("");

    @Option(names = "--out", paramLabel = "FILE", description = "The file. Default: MODEL.int8.onnx beside the model")
    private @Nullable Path out;

    @Option(names = "--force", description = "Replace a file that is there.")
    private boolean force;

    @Option(
            names = "--budget",
            paramLabel = "POINTS",
            description = "Percentage points of accuracy that may be lost, by the upper bound of the 95 %% interval. "
                    + "Default: ${DEFAULT-VALUE}")
    private double budget = 0.2;

    @Option(
            names = "--min-speedup",
            paramLabel = "TIMES",
            description = "Required speed-up over the float file, in batches of 64, or of one image at a time where "
                    + "such batches take too long; 0 if speed does not matter. Default: ${DEFAULT-VALUE}")
    private double minSpeedup = 1.05;

    @Option(
            names = "--full-range",
            description =
                    "Use weights from -127 to 127 and not from -64 to 64: more exact, but processors without VNNI "
                            + "compute wrong sums.")
    private boolean fullRange;

    @Option(
            names = "--calibration-images",
            paramLabel = "N",
            description = "Number of training images for calibration. Default: ${DEFAULT-VALUE}")
    private int calibrationImages = 500;

    @Option(names = "--threads", paramLabel = "N", description = "Threads to measure with. Default: ${DEFAULT-VALUE}")
    private int threads = 1;

    @Mixin
    private FileDataset dataset;

    @Mixin
    private SandboxedCommand sandbox;

    @Override
    int run() throws IOException, InterruptedException {
        OptionParsers.within("--threads", threads, TrialSpec.MOST_THREADS);
        OptionParsers.within("--calibration-images", calibrationImages, MOST_CALIBRATION);
        QuantizationVerdict.Gate gate = new QuantizationVerdict.Gate(budget, minSpeedup);
        TrialFolder trial = Files.isDirectory(subject) ? TrainedTrials.exported(subject) : null;
        Path file = trial == null ? subject : trial.onnx();
        TrialFolder.requireOwnOnnx(file);
        Path to = out == null ? Quantizer.beside(file) : out;
        if (out != null || Files.exists(file)) { // otherwise the model is missing, which opening it reports
            OptionParsers.writable("--out", to);
        }
        OptionParsers.requireNew(to, force);
        return sandbox.run(file, () -> quantize(file, trial, to, gate));
    }

    private int quantize(Path file, @Nullable TrialFolder trial, Path to, QuantizationVerdict.Gate gate)
            throws IOException, InterruptedException {
        OnnxMetadata metadata = OnnxMetadata.read(file);
        ImageDataset images = images(file, trial, metadata);
        Normalization normalization;
        try (OnnxPredictor predictor = OnnxPredictor.open(file, OnnxOptions.standard(), dataset.hints(images))) {
            normalization = dataset.options.preprocessing(file, predictor).normalization();
            FileDataset.requireFit(file, predictor.signature(), images);
        }
        Quantizer quantizer =
                new Quantizer(gate, fullRange ? WeightRange.FULL : WeightRange.REDUCED, calibrationImages, threads);
        Quantizer.Result quantized = quantizer.quantize(
                file, dataset.hints(images), dataset.matched(file, images, metadata), normalization, to);
        print(() -> asMap(quantized), () -> print(quantized));
        return ExitCode.of(quantized.verdict().decision());
    }

    private ImageDataset images(Path file, @Nullable TrialFolder trial, OnnxMetadata metadata) throws IOException {
        if (trial == null) {
            return dataset.load(file, metadata, console);
        }
        DatasetSpec own = trial.readOrder().dataset();
        return Objects.requireNonNullElse(dataset.other(own.imageSize()), own).load(Home.data(console));
    }

    private void print(Quantizer.Result quantized) {
        console.item(quantized.file() + ": ", quantized.words());
        QuantizationVerdict verdict = quantized.verdict();
        int changed = verdict.accuracy().test().onlyFirst()
                + verdict.accuracy().test().onlySecond();
        console.item(
                "  ",
                "accuracy " + Numbers.percent(quantized.accuracy()) + " % (float: "
                        + Numbers.percent(quantized.floatAccuracy()) + " %); " + changed + " of "
                        + verdict.accuracy().images() + " images changed between right and wrong; one image "
                        + (verdict.busy() == null ? "" : Latency.ROUGH) + Numbers.fixed(verdict.speedupOfOne(), 1)
                        + " times as fast; ranges by "
                        + quantized.found().method().title());
        List<String> inFloat = quantized.found().model().inFloat();
        if (!inFloat.isEmpty()) {
            console.item("  ", "still in float: " + String.join(", ", inFloat));
        }
        if (quantized.found().model().onlyForOnnxRuntime()) {
            console.item("  ", "only ONNX Runtime reads it, for its LSTMs in 8 bits");
        }
        quantized.notes().forEach(note -> console.item("  ", note));
        if (verdict.busy() != null) {
            console.note("the machine was busy while speed was measured: measure again when it is quiet");
        }
    }

    private static Map<String, @Nullable Object> asMap(Quantizer.Result quantized) {
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("file", quantized.file().toString());
        answer.put("ships", quantized.verdict().decision() == Decision.SHIP);
        answer.putAll(quantized.figures());
        Map<String, Double> losses = new LinkedHashMap<>();
        new TreeMap<>(quantized.found().scores()).forEach((method, score) -> losses.put(method.title(), score.loss()));
        answer.put("validation_losses", losses);
        answer.put("in_bytes", quantized.found().model().inBytes());
        answer.put("in_float", quantized.found().model().inFloat());
        answer.put("noise", quantized.found().noise());
        answer.put("float_latency", quantized.floatLatency());
        answer.put("latency", quantized.latency());
        answer.put("notes", quantized.notes());
        return answer;
    }
}
