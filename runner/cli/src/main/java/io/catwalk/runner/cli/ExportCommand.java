package io.catwalk.runner.cli;

import io.catwalk.onnx.file.ModelFiles;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.experiment.RunLock;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.report.ModelCard;
import io.catwalk.runner.report.Wording;
import io.catwalk.runner.trial.EngineSettings;
import io.catwalk.runner.trial.ExportOptions;
import io.catwalk.runner.trial.ModelSignature;
import io.catwalk.runner.trial.ParityResult;
import io.catwalk.runner.trial.SavedTrial;
import io.catwalk.runner.trial.TrialFolder;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "export", description = "Write the trained networks of a run as ONNX files, and cross-check each.")
final class ExportCommand extends ConsoleCommand {

    private static final int MOST_BATCH = 4_096;

    @Parameters(paramLabel = "RUN", description = "A run folder, or the folder of one trial in it.")
    private Path folder = Path.of("");

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder for the files, CLASSIFIER.onnx each, with a card CLASSIFIER.md beside. Default: "
                    + "model.onnx in each trial folder")
    private @Nullable Path out;

    @Option(names = "--force", description = "Replace files in --out that are there.")
    private boolean force;

    @Option(names = "--opset", paramLabel = "N", description = "13 to 21. Default: ${DEFAULT-VALUE}")
    private int opset = ExportOptions.DEFAULT_OPSET;

    @Option(names = "--probabilities", description = "Add the softmax of the logits as the last output.")
    private boolean probabilities;

    @Option(names = "--embed-preprocessing", description = "Take uint8 pixels and normalize them in the graph.")
    private boolean embedPreprocessing;

    @Option(names = "--batch", paramLabel = "N", description = "Fix the batch size. Default: any")
    private @Nullable Integer batch;

    @Option(names = "--unroll-recurrent", description = "Write recurrent layers step by step, with plain operators.")
    private boolean unrollRecurrent;

    @Option(names = "--fold-batchnorm", description = "Multiply batch norms into the convolutions before them.")
    private boolean foldBatchNorm;

    @Option(names = "--external-data", description = "Write weights into NAME.onnx.data, even if below 2 GB.")
    private boolean externalData;

    @Option(
            names = "--float16",
            description =
                    "Store large weights as 16-bit floats: half the size, but no more speed on a CPU, which still "
                            + "computes in 32 bits. Needs --out: the labels of near ties may flip; they are listed.")
    private boolean float16;

    @Option(
            names = "--any-size",
            description =
                    "Take the bytes of decoded images of any size, (batch, height, width, channels), and resize and "
                            + "normalize them in the graph as catwalk predict does; also proven with other sizes. Needs --out.")
    private boolean anySize;

    @Option(names = "--author", paramLabel = "NAME", description = "Who made the model.")
    private @Nullable String author;

    @Option(names = "--license", paramLabel = "NAME", description = "License of the model.")
    private @Nullable String license;

    @Mixin
    private PluginOptions.Locked plugins;

    @Override
    @SuppressWarnings("try") // the lock is held, not used
    int run() throws IOException {
        ExportOptions options = options();
        RunFolder.trained(folder); // reports what is wrong with the folder before it is locked
        TrainedTrials changed = out == null ? TrainedTrials.of(folder) : new TrainedTrials(null);
        try (RunLock lock = changed.lock(console)) {
            return export(options, changed);
        }
    }

    @SuppressWarnings("try") // the results are written at the end, not used
    private int export(ExportOptions options, TrainedTrials changed) throws IOException {
        List<TrialFolder> trials = RunFolder.trained(folder);
        Map<TrialFolder, Path> files = files(trials);
        EngineSettings.apply(trials.get(0).readOrder().spec().threads());
        PluginCatalog catalog = plugins.open(console);
        DataHome data = Home.data(console);
        // What cannot be exported or recorded is refused before the first file is written.
        for (TrialFolder trial : trials) {
            try (SavedTrial saved = SavedTrial.open(trial, catalog, data)) {
                saved.requireOwnPredictions();
            }
        }
        changed.requireRecordable(trials);
        if (out != null) {
            Files.createDirectories(out);
        }
        boolean allAgree = true;
        try (Closeable results = changed::writeResults) {
            for (TrialFolder trial : trials) {
                try (SavedTrial saved = SavedTrial.open(trial, catalog, data)) {
                    Path file = Objects.requireNonNull(files.get(trial));
                    ParityResult parity = out == null
                            ? saved.exportInPlace(options, outcome -> changed.record(List.of(outcome)))
                            : saved.export(file, options);
                    allAgree &= parity.agrees();
                    if (out != null && parity.agrees()) {
                        ModelCard.of(file, saved, parity, options).write(ModelCard.beside(file), null);
                    }
                    console.item(file + ": ", Wording.parity(parity));
                }
            }
        }
        return allAgree ? ExitCode.DONE : ExitCode.CROSS_CHECK_FAILED;
    }

    private ExportOptions options() {
        if (opset < ExportOptions.OLDEST_OPSET || opset > ExportOptions.NEWEST_OPSET) {
            throw new RequestException("--opset must be from " + ExportOptions.OLDEST_OPSET + " to "
                    + ExportOptions.NEWEST_OPSET + ", but is " + opset);
        }
        OptionParsers.withinIfGiven("--batch", batch, MOST_BATCH);
        if (float16 && out == null) {
            throw new RequestException(
                    "--float16 needs --out DIR: the file in a trial folder must not flip a label of the network");
        }
        if (anySize && (out == null || batch != null || externalData)) {
            throw new RequestException(
                    "--any-size needs --out DIR, and no --batch and no --external-data: its file is one"
                            + " beside that of the trial, for batches of any size");
        }
        return new ExportOptions(
                opset,
                probabilities,
                embedPreprocessing,
                batch,
                unrollRecurrent,
                foldBatchNorm,
                externalData,
                float16,
                anySize,
                author,
                license);
    }

    /** Chooses the path of each file, and refuses existing files before the first is written. */
    private Map<TrialFolder, Path> files(List<TrialFolder> trials) throws IOException {
        Map<TrialFolder, Path> files = new LinkedHashMap<>();
        if (out == null) {
            trials.forEach(trial -> files.put(trial, trial.onnx()));
            return files;
        }
        Map<String, List<TrialFolder>> byLabel = new LinkedHashMap<>();
        for (TrialFolder trial : trials) {
            byLabel.computeIfAbsent(trial.readOrder().spec().label(), label -> new ArrayList<>())
                    .add(trial);
        }
        // Several trials of one label are told apart by seed and fold, like their folders.
        byLabel.forEach((label, same) -> same.forEach(trial -> files.put(
                trial,
                out.resolve(label + (same.size() == 1 ? "" : "-" + trial.path().getFileName()) + ".onnx"))));
        for (Path file : files.values()) {
            Path weights = ModelFiles.data(file);
            List.of(file, weights, ModelSignature.beside(file), ModelCard.beside(file))
                    .forEach(written -> OptionParsers.requireNew(written, force));
        }
        return files;
    }
}
