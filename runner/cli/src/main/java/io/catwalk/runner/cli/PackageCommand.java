package io.catwalk.runner.cli;

import io.catwalk.onnx.compose.EmbeddedResizing;
import io.catwalk.onnx.file.ModelFiles;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Signature.PixelType;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ResizeRule.Fit;
import io.catwalk.runner.derived.Quantizer;
import io.catwalk.runner.packaging.ModelPackage;
import io.catwalk.runner.packaging.ModelPackage.PackagedModel;
import io.catwalk.runner.report.Wording;
import io.catwalk.runner.runtimes.Runner;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.EngineSettings;
import io.catwalk.runner.trial.ExportOptions;
import io.catwalk.runner.trial.OtherSizes;
import io.catwalk.runner.trial.ParityResult;
import io.catwalk.runner.trial.SavedTrial;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "package",
        description = {
            "Write a folder for the recipient of a model: its ONNX files, labels, model card, sample images with the "
                    + "expected answers, a short program for each runtime, files for DJL Serving and Triton, and "
                    + "digests.",
            "A model is packed in two forms: as it is, and for the bytes of images of any size, which the programs run. An "
                    + "8-bit file beside it is included."
        })
final class PackageCommand extends ConsoleCommand {

    @Parameters(
            paramLabel = "MODEL.onnx|TRIAL",
            description = "A float ONNX file that Catwalk exported, or the folder of a trial that was exported.")
    private Path subject = Path.of("");

    @Option(names = "--out", paramLabel = "DIR", description = "New or empty folder to write to. Default: NAME-package")
    private @Nullable Path out;

    @Option(names = "--int8", paramLabel = "FILE", description = "In 8 bits. Default: MODEL.int8.onnx, if it is there")
    private @Nullable Path int8;

    @Option(names = "--runtimes-dir", paramLabel = "DIR", description = "Folder of the runners. Default: Catwalk's own")
    private Path runtimes = Home.runtimes();

    @Mixin
    private FileDataset dataset;

    @Mixin
    private PluginOptions.Locked plugins;

    @Mixin
    private SandboxedCommand sandbox;

    @Override
    int run() throws IOException, InterruptedException {
        if (dataset.options.normalize != null || !dataset.options.hints().equals(OnnxHints.none())) {
            throw new RequestException(
                    "expected no --normalize and no --output, since the file says both of itself: leave them out");
        }
        if (!Files.isDirectory(subject)) {
            TrialFolder.requireOwnOnnx(subject);
            Path to = target(ModelFiles.name(subject));
            return sandbox.run(subject, () -> packFile(to));
        }
        TrialFolder trial = TrainedTrials.exported(subject);
        return packTrial(trial, target(trial.readOrder().spec().label()));
    }

    private Path target(String name) throws IOException {
        Path to = out == null ? Path.of(name + "-package") : out;
        if (!Files.exists(to)) {
            return to;
        }
        if (Files.isDirectory(to)) {
            try (Stream<Path> entries = Files.list(to)) {
                if (entries.findAny().isEmpty()) {
                    return to;
                }
            }
        }
        throw new RequestException("expected a new or empty folder, but " + to
                + (Files.isDirectory(to) ? " is a folder with files in it" : " is a file")
                + ": name another folder with --out");
    }

    private int packFile(Path to) throws IOException {
        OnnxMetadata metadata = PackagedModel.requireOwnFloats(subject);
        List<PackagedModel> files = new ArrayList<>();
        addInBytes(files, subject);
        ImageDataset loaded = dataset.load(subject, metadata, console);
        try (Scratch scratch = new Scratch();
                OnnxPredictor predictor = OnnxPredictor.open(subject)) {
            FileDataset.requireFit(subject, predictor.signature(), loaded);
            FileOptions.requireWhole(subject, predictor.signature());
            PackagedModel.requireOneAtOnce(subject, predictor);
            if (predictor.resizes()) {
                files.add(0, PackagedModel.ofAnySize(subject));
            } else {
                String fit = metadata.get(MetadataKeys.FIT).orElse(Fit.STRETCH.key());
                Path whole = scratch.file("whole.onnx");
                Files.write(
                        whole,
                        EmbeddedResizing.added(subject, EmbeddedResizing.Fit.valueOf(fit.toUpperCase(Locale.ROOT))));
                OtherSizes.of(whole, loaded.test(), pixels -> predictor.logits(pixels, 1))
                        .prove();
                files.add(0, PackagedModel.main(subject, predictor.signature().pixels() == PixelType.UINT8));
                files.add(1, PackagedModel.ofAnySize(whole));
            }
            return write(ModelFiles.name(subject), files, dataset.matched(subject, loaded, metadata), to);
        }
    }

    private int packTrial(TrialFolder trial, Path to) throws IOException {
        PackagedModel.requireOwnFloats(trial.onnx());
        TrialOrder order = trial.readOrder();
        EngineSettings.apply(order.spec().threads());
        DatasetSpec other = dataset.other(order.dataset().imageSize());
        ExportOptions own = trial.readExportOptions();
        try (Scratch scratch = new Scratch();
                SavedTrial saved = SavedTrial.open(trial, plugins.open(console), Home.data(console))) {
            List<String> damage = trial.damage(saved.result());
            if (!damage.isEmpty()) {
                throw new RequestException("expected the trial as it was trained and exported, but " + trial.path()
                        + "/" + damage.get(0) + ": make it again with catwalk resume");
            }
            ImageDataset images = other == null ? saved.dataset() : fitting(saved, trial, other);
            Path whole = scratch.file("whole.onnx");
            ParityResult parity = saved.export(whole, own.withAnySize());
            if (!parity.agrees()) {
                console.item(subject + ": ", Wording.parity(parity));
                return ExitCode.CROSS_CHECK_FAILED;
            }
            List<PackagedModel> files = new ArrayList<>(List.of(
                    PackagedModel.main(trial.onnx(), own.embeddedPreprocessing()), PackagedModel.ofAnySize(whole)));
            addInBytes(files, trial.onnx());
            return write(order.spec().label(), files, images, to);
        }
    }

    /** Gives other images than the trial's own the classes of its network; refuses those that do not fit. */
    private ImageDataset fitting(SavedTrial saved, TrialFolder trial, DatasetSpec other) {
        ImageDataset images = other.load(Home.data(console));
        try (OnnxPredictor predictor = OnnxPredictor.open(trial.onnx())) {
            FileDataset.requireFit(trial.onnx(), predictor.signature(), images);
        }
        return images.labeledAs(saved.dataset().classes(), dataset.match());
    }

    private void addInBytes(List<PackagedModel> files, Path floats) throws IOException {
        Path beside = Quantizer.beside(floats);
        Path source = int8 != null ? int8 : Files.exists(beside) ? beside : null;
        if (source != null) {
            files.add(PackagedModel.inBytes(source, floats));
        }
    }

    private int write(String name, List<PackagedModel> files, ImageDataset images, Path to) throws IOException {
        try {
            new ModelPackage(name, files, images, Runner.in(runtimes)).write(to);
        } catch (IOException e) {
            String reason = Reasons.of(e);
            throw reason.startsWith("cannot write ") ? e : new IOException("cannot write " + to + ": " + reason, e);
        }
        console.item(
                to + ": ",
                files.stream().map(PackagedModel::file).collect(Collectors.joining(", "))
                        + ", samples with the expected answers, programs for runtimes; README.md tells how to use it");
        return ExitCode.DONE;
    }
}
