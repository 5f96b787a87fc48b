package io.catwalk.runner.cli;

import io.catwalk.onnx.diff.DiffReport;
import io.catwalk.onnx.diff.OnnxDiff;
import io.catwalk.onnx.diff.RandomInputs;
import io.catwalk.onnx.diff.Tolerance;
import io.catwalk.onnx.parity.Parity;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.data.ClassMatch;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.runtimes.Runner;
import io.catwalk.runner.trial.EngineSettings;
import io.catwalk.runner.trial.PrivateFolder;
import io.catwalk.runner.trial.SavedTrial;
import io.catwalk.runner.trial.TrialFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Finds where two ONNX files begin to give different results. */
@Command(
        name = "diff",
        description = {
            "Compare two ONNX files node by node on the same inputs. Name the first node that computes something else, "
                    + "the line of code that it came from, and what differs there: an attribute, weights or inputs.",
            "The second file may be the folder of a trial: its network is exported for the comparison. Without a "
                    + "second file, the file is compared with itself after the optimizations of ONNX Runtime.",
            "With --runtimes, an image classifier is compared with itself in other runtimes, on random pixels. A "
                    + "binary search over parts of the file finds the first node that differs.",
            "Exit codes: 0 if it is the same file, but for remarks; 5 if another file gives the same outputs on these "
                    + "inputs; 3 if outputs differ, or metadata by which programs prepare images and name the outputs; "
                    + "1 if a runtime gives no answer."
        })
final class DiffCommand extends ConsoleCommand {

    private static final int MOST_ROWS = 4_096;

    @Parameters(index = "0", paramLabel = "MODEL.onnx", description = "The reference.")
    private Path file = Path.of("");

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "OTHER.onnx|TRIAL",
            description = "The file to compare with it, or a trial, whose network is then the reference.")
    private @Nullable Path other;

    @Option(
            names = "--abs",
            paramLabel = "X",
            description = "Absolute tolerance. Default: 1e-5; with --runtimes 1e-4, as for verify")
    private @Nullable Double absolute;

    @Option(
            names = "--rel",
            paramLabel = "X",
            description = "Relative tolerance, added to --abs. Default: ${DEFAULT-VALUE}")
    private double relative = Tolerance.standard().relative();

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "Size of a dynamic first axis, such as the batch. Default: ${DEFAULT-VALUE}")
    private int rows = 16;

    @Option(
            names = "--size",
            paramLabel = "NAME=N",
            description = "Size of another dynamic axis, by its name; repeatable. Default: 32")
    private Map<String, Long> sizes = new LinkedHashMap<>();

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the inputs. Default: ${DEFAULT-VALUE}")
    private long seed = 1;

    @Option(
            names = "--reduce",
            paramLabel = "DIR",
            description = "Write the first node that differs into this new folder: from each file, a model of that "
                    + "node, with its inputs and outputs.")
    private @Nullable Path reduced;

    @Mixin
    private RuntimeOptions runtimes;

    @Mixin
    private PluginOptions plugins;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private ForeignFile foreign;

    @Override
    int run(Console console) throws IOException, InterruptedException {
        Typed.within("--rows", rows, MOST_ROWS);
        if (reduced != null && Files.exists(reduced)) {
            throw new RequestException("--reduce must name a new folder, but " + reduced + " exists");
        }
        if (runtimes.areGiven() && other != null) {
            throw new RequestException("expected one file with --runtimes, but found also " + other
                    + ": leave out --runtimes or the second file");
        }
        return foreign.run(file, () -> runtimes.areGiven() ? compareRuntimes(console) : compare(console));
    }

    private int compare(Console console) throws IOException {
        PrivateFolder.claim();
        if (other == null || !Files.isDirectory(other)) {
            return report(diff(file, other, console), console);
        }
        TrialFolder folder = RunFolder.onlyTrained(other);
        EngineSettings.apply(folder.readOrder().spec().threads());
        try (Scratch scratch = new Scratch();
                SavedTrial saved = ForeignFile.signingWhile(
                        () -> SavedTrial.open(
                                folder, plugins.open(console), Home.data(console), null, ClassMatch.BY_NAME),
                        console)) {
            return report(diff(exported(saved, scratch, console), file, console), console);
        }
    }

    /** Exports the network of a trial, which does not run the file that is compared. */
    static Path exported(SavedTrial saved, Scratch scratch, Console console) throws IOException {
        Path exported = scratch.file("export.onnx");
        return ForeignFile.signingWhile(
                () -> {
                    saved.writeUnproven(exported);
                    return exported;
                },
                console);
    }

    private OnnxDiff diff(Path reference, @Nullable Path compared, Console console) {
        try {
            Tolerance tolerance = tolerance(Tolerance.standard().absolute());
            Map<String, Tensor> given;
            try (OnnxRunner runner = OnnxRunner.open(reference)) {
                given = RandomInputs.of(runner.inputs(), rows, sizes, seed);
            }
            ForeignFile.sign(console);
            Runnable ran = () -> ForeignFile.sign(console);
            return compared == null
                    ? OnnxDiff.optimized(reference, given, tolerance, ran)
                    : OnnxDiff.between(reference, compared, given, tolerance, ran);
        } catch (IllegalArgumentException e) {
            throw new RequestException(file + ": " + e.getMessage(), e);
        }
    }

    private Tolerance tolerance(double usual) {
        return Typed.tolerance(absolute == null ? usual : absolute, relative);
    }

    private int compareRuntimes(Console console) throws IOException, InterruptedException {
        PrivateFolder.claim();
        Tolerance tolerance = tolerance(Parity.TOLERANCE);
        RuntimeDiffReport report = new RuntimeDiffReport(file.toString(), tolerance);
        try (OnnxPredictor predictor = OnnxPredictor.open(file)) {
            ForeignFile.sign(console);
            RuntimeCheck.requireChannelsFirst(file, predictor.signature());
            InstalledRunners runners =
                    InstalledRunners.of(file, predictor.operators(), runtimes, () -> ForeignFile.sign(console));
            RuntimeDiffs diffs = new RuntimeDiffs(
                    file,
                    predictor,
                    RandomPixels.preprocessing(file, predictor),
                    RandomPixels.of(predictor.signature(), rows, seed),
                    tolerance,
                    runtimes.timeout(),
                    () -> ForeignFile.sign(console));
            for (Runner runner : runners.all()) {
                Path program = runners.program(runner);
                if (program == null) {
                    report.left(runner, runners.reason(runner));
                } else {
                    RuntimeDiffs.Compared compared = diffs.compared(runner, program);
                    report.compared(runner, compared, diffs.images());
                    if (reduced != null) {
                        Path folder = reduced.resolve(runner.name());
                        if (compared.diff().reduce(folder)) {
                            console.note("written: " + folder);
                        }
                    }
                }
            }
        }
        if (json) {
            console.json(report.json());
        } else {
            report.print(console);
        }
        return report.exitCode();
    }

    private int report(OnnxDiff diff, Console console) throws IOException {
        DiffReport report = diff.report();
        if (json) {
            console.json(report);
        } else {
            String compared = other == null ? "itself after the optimizations of ONNX Runtime" : other.toString();
            new DiffView(console).print(file, compared, report);
        }
        if (reduced != null) {
            for (Path folder : diff.reduce(reduced)) {
                console.note("written: " + folder);
            }
        }
        return !report.agrees()
                ? ExitCode.CROSS_CHECK_FAILED
                : report.sameGraph() ? ExitCode.DONE : ExitCode.OTHER_FILE;
    }
}
