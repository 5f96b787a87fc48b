package io.catwalk.runner.cli;

import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.diff.OnnxDiff;
import io.catwalk.onnx.parity.Parity;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.OnnxPredictor.Scores;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.onnx.runtime.Tolerance;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.OriginalImages;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.report.Wording;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.EngineSettings;
import io.catwalk.runner.trial.EvaluatedImages;
import io.catwalk.runner.trial.ModelSignature;
import io.catwalk.runner.trial.ParityResult;
import io.catwalk.runner.trial.SavedTrial;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOrder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "verify",
        description = {
            "Check an ONNX file against its metadata: evaluate it on its own test images and compare the "
                    + "accuracy with the one that it states.",
            "With --against, cross-check it against the network that it came from.",
            "With --runtimes, ask other runtimes about the same images, too."
        })
final class VerifyCommand extends JsonCommand {

    /** The accuracy in the metadata is a full double; two sums over so few images differ by less. */
    private static final double SAME = 1e-9;

    /** The pixels for other runtimes are written into one file. */
    private static final int MOST_IMAGES = 1_000_000;

    @Parameters(paramLabel = "MODEL.onnx", description = "The file.")
    private Path file = Path.of("");

    @Option(names = "--show", description = "Only print the metadata of the file.")
    private boolean show;

    @Option(
            names = "--write-signature",
            description = "Only write NAME.signature.json beside the file, from its metadata: what a program needs to "
                    + "run it, see docs/reference/onnx-files.md. An existing one is replaced.")
    private boolean signature;

    @Mixin
    private FileDataset dataset;

    @Option(names = "--against", paramLabel = "TRIAL", description = "Folder of the trial that the file came from.")
    private @Nullable Path against;

    @Option(names = "--predictions", paramLabel = "CSV", description = "Write the logits of the test images here.")
    private @Nullable Path answers;

    @Mixin
    private RuntimeOptions runtimes;

    @Option(names = "--images", paramLabel = "N", description = "Test images for --runtimes. Default: ${DEFAULT-VALUE}")
    private int count = 10_000;

    @Mixin
    private PluginOptions.Locked plugins;

    @Mixin
    private SandboxedCommand sandbox;

    @Override
    int run() throws IOException, InterruptedException {
        if (runtimes.areGiven() && (show || against != null || answers != null)) {
            throw new RequestException(
                    "expected --runtimes without --show, --against and --predictions, which are about"
                            + " the file alone: leave them out");
        }
        Tolerance tolerance = runtimes.tolerance(Parity.TOLERANCE, 0);
        if (runtimes.compares() && against == null && !runtimes.areGiven()) {
            throw new RequestException("expected --abs and --rel with --against or --runtimes, which compare logits,"
                    + " found neither: name a trial or runtimes, or leave them out");
        }
        if (signature && (show || against != null || answers != null || runtimes.areGiven())) {
            throw new RequestException("expected --write-signature alone, which verifies nothing: leave out the rest");
        }
        if (signature) {
            return sandbox.run(file, () -> writeSignature());
        }
        if (show) {
            show(OnnxMetadata.read(file));
            return ExitCode.DONE;
        }
        OptionParsers.writable("--predictions", answers);
        return sandbox.run(file, () -> against == null ? score(tolerance) : crossCheck(against, tolerance));
    }

    private int writeSignature() throws IOException {
        try (OnnxPredictor predictor = OnnxPredictor.open(file, OnnxOptions.standard(), dataset.options.hints())) {
            FileOptions.requireWhole(file, predictor.signature());
            Path to = ModelSignature.beside(file);
            ModelSignature.stated(file, predictor, dataset.options.preprocessing(file, predictor))
                    .write(to);
            console.line("Wrote " + to + ".");
            return ExitCode.DONE;
        }
    }

    private void show(OnnxMetadata metadata) {
        if (json) {
            console.json(metadata.entries());
        } else if (metadata.entries().isEmpty()) {
            console.line("The file has no metadata.");
        } else {
            metadata.entries().forEach((key, value) -> console.item(key + ": ", value.replace("\n", ", ")));
        }
    }

    private int crossCheck(Path trial, Tolerance tolerance) throws IOException {
        TrialFolder folder = RunFolder.onlyTrained(trial);
        TrialOrder order = folder.readOrder();
        EngineSettings.apply(order.spec().threads());
        DatasetSpec other = dataset.other(order.dataset().imageSize());
        try (SavedTrial saved =
                SavedTrial.open(folder, plugins.open(console), Home.data(console), other, dataset.match())) {
            ParityResult parity = saved.crossCheck(file, tolerance);
            if (json) {
                console.json(parity);
            } else {
                console.item(file + ": ", Wording.parity(parity));
                if (!parity.agrees()) {
                    showWhere(saved);
                }
            }
            return parity.agrees() ? ExitCode.DONE : ExitCode.CROSS_CHECK_FAILED;
        }
    }

    private void showWhere(SavedTrial saved) throws IOException {
        try (Scratch scratch = new Scratch()) {
            OnnxDiff diff = OnnxDiff.between(DiffCommand.exported(saved, scratch), file);
            DiffCommand.beginnings(diff.report(), console);
        } catch (ExportException | OnnxFileException | IllegalArgumentException e) {
            console.note("cannot locate where it differs: " + Reasons.oneLine(String.valueOf(e.getMessage())));
        }
    }

    private int score(Tolerance tolerance) throws IOException, InterruptedException {
        OnnxMetadata metadata = OnnxMetadata.read(file);
        ImageDataset whole = dataset.load(file, metadata, console);
        try (OnnxPredictor predictor = OnnxPredictor.open(file, OnnxOptions.standard(), dataset.hints(whole))) {
            Preprocessing preprocessing = dataset.options.preprocessing(file, predictor);
            FileDataset.requireFit(file, predictor, whole);
            int most = OptionParsers.within("--images", count, MOST_IMAGES);
            Double stated = stated(metadata);
            Optional<ImageDataset> own = EvaluatedImages.of(metadata).flatMap(evaluated -> evaluated.in(whole));
            Path folder = dataset.folder(file, metadata, console);
            RuntimeReport report = null;
            if (runtimes.areGiven()) {
                ImageSource some = whole.test().limit(most, whole.classes().size(), 0);
                report = new RuntimeCheck(file, predictor, preprocessing, some, folder, tolerance, runtimes, console)
                        .run();
                if (stated == null || own.isEmpty()) {
                    return report(report, stated, null, whole, false);
                }
            }
            ImageDataset images = dataset.matched(file, own.orElse(whole), metadata);
            int classes = predictor.signature().classes();
            Predictions answered = predictor.resizes()
                    ? new Predictions(
                            classes,
                            images.test().labels(),
                            new OriginalImages(images.test(), folder).answers(predictor))
                    : Predictions.of(predictor, images.test(), preprocessing.normalization(), classes);
            Predictions predictions = answered.ofLogits(predictor.scores() != Scores.LOGITS);
            if (answers != null) {
                predictions.write(answers, images.test());
            }
            Evaluation evaluation = Evaluation.of(predictions, images.classes());
            return report(report, stated, evaluation, images, own.isPresent());
        }
    }

    /**
     * Reports whether the file is as accurate as it states, and the answers of other runtimes: these agree even about a
     * file whose classes are in another order. There is no evaluation if the accuracies cannot be compared.
     */
    private int report(
            @Nullable RuntimeReport others,
            @Nullable Double stated,
            @Nullable Evaluation evaluation,
            ImageDataset images,
            boolean sameImages) {
        Boolean agrees = null;
        if (stated != null && evaluation != null && sameImages) {
            agrees = Math.abs(stated - evaluation.accuracy()) < SAME;
        }
        if (json) {
            Map<String, @Nullable Object> answer = new LinkedHashMap<>();
            answer.putAll(others == null ? Map.of("dataset", images.name()) : others.json());
            answer.put("stated_accuracy", stated);
            answer.put("agrees", agrees);
            if (others != null) {
                answer.put("accuracy", evaluation == null ? null : evaluation.accuracy());
            } else if (evaluation != null) {
                answer.put("metrics", evaluation.metrics());
            }
            console.json(answer);
        } else {
            if (others != null) {
                others.print(console);
            }
            String accuracy = "not compared";
            if (evaluation != null) {
                String format = others == null ? "accuracy %.2f %% on %d images of %s" : "%.2f %%";
                accuracy = String.format(
                        Locale.ROOT, format, evaluation.accuracy() * 100, evaluation.images(), images.name());
            }
            console.item(others == null ? file + ": " : "accuracy: ", accuracy + ", " + verdict(stated, agrees));
        }
        return Boolean.FALSE.equals(agrees)
                ? ExitCode.CROSS_CHECK_FAILED
                : others == null ? ExitCode.DONE : others.exitCode();
    }

    private static String verdict(@Nullable Double stated, @Nullable Boolean agrees) {
        if (stated == null) {
            return "but the file states no accuracy";
        }
        String said = String.format(Locale.ROOT, "the file says %.2f %%", stated * 100);
        return agrees == null ? said + " on others" : agrees ? "as the file says" : "but " + said;
    }

    private @Nullable Double stated(OnnxMetadata metadata) {
        String key = MetadataKeys.METRICS + "test.accuracy";
        String value = metadata.get(key).orElse(null);
        try {
            Double stated = value == null ? null : Double.valueOf(value);
            if (stated == null || (stated >= 0 && stated <= 1)) {
                return stated;
            }
        } catch (NumberFormatException e) {
            // what is no number is refused as one outside the range
        }
        throw new RequestException(file + ": expected a share of images from 0 to 1 in the metadata as " + key
                + ", found \"" + value + "\"; export it again");
    }
}
