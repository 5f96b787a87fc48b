package io.catwalk.runner.cli;

import io.catwalk.onnx.diff.DiffReport;
import io.catwalk.onnx.diff.Finding;
import io.catwalk.onnx.diff.OnnxDiff;
import io.catwalk.onnx.diff.RandomInputs;
import io.catwalk.onnx.diff.TensorDifference;
import io.catwalk.onnx.parity.Parity;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.Tolerance;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.given.TypedNormalization;
import io.catwalk.runner.runtimes.Runner;
import io.catwalk.runner.trial.EngineSettings;
import io.catwalk.runner.trial.SavedTrial;
import io.catwalk.runner.trial.TrialFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
final class DiffCommand extends JsonCommand {

    private static final int MOST_ROWS = 4_096;
    private static final int MOST_SIZE = 1 << 16;
    private static final int MOST_SHOWN = 5;

    private static final String EVEN = "0.5/0.28867513";

    @Parameters(index = "0", paramLabel = "MODEL.onnx", description = "The reference.")
    private Path file = Path.of("");

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "OTHER.onnx|TRIAL",
            description = "The file to compare with it, or a trial, whose network is then the reference.")
    private @Nullable Path other;

    @Option(names = "--rows", paramLabel = "N", description = "Size of a dynamic first axis. Default: ${DEFAULT-VALUE}")
    private int rows = 16;

    @Option(names = "--size", paramLabel = "NAME=N", description = "Size of another axis; repeatable. Default: 32")
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
    private PluginOptions.Locked plugins;

    @Mixin
    private SandboxedCommand sandbox;

    @Override
    int run() throws IOException, InterruptedException {
        OptionParsers.within("--rows", rows, MOST_ROWS);
        sizes.values().forEach(size -> OptionParsers.within("--size", size, MOST_SIZE));
        if (reduced != null && Files.exists(reduced)) {
            throw new RequestException("--reduce must name a new folder, but " + reduced + " exists");
        }
        if (runtimes.areGiven() && other != null) {
            throw new RequestException("expected one file with --runtimes, but found also " + other
                    + ": leave out --runtimes or the second file");
        }
        return sandbox.run(file, () -> runtimes.areGiven() ? compareRuntimes() : compare());
    }

    private int compare() throws IOException {
        if (other == null || !Files.isDirectory(other)) {
            return report(diff(file, other));
        }
        TrialFolder folder = RunFolder.onlyTrained(other);
        EngineSettings.apply(folder.readOrder().spec().threads());
        try (Scratch scratch = new Scratch();
                SavedTrial saved = SavedTrial.open(folder, plugins.open(console), Home.data(console))) {
            return report(diff(exported(saved, scratch), file));
        }
    }

    /** Exports the network of a trial, which does not run the file that is compared. */
    static Path exported(SavedTrial saved, Scratch scratch) throws IOException {
        Path exported = scratch.file("export.onnx");
        saved.writeUnproven(exported);
        return exported;
    }

    private OnnxDiff diff(Path reference, @Nullable Path compared) {
        try {
            Tolerance usual = Tolerance.standard();
            Tolerance tolerance = runtimes.tolerance(usual.absolute(), usual.relative());
            Map<String, Tensor> given;
            try (OnnxRunner runner = OnnxRunner.open(reference)) {
                given = RandomInputs.of(runner.inputs(), rows, sizes, seed);
            }
            return compared == null
                    ? OnnxDiff.optimized(reference, given, tolerance)
                    : OnnxDiff.between(reference, compared, given, tolerance);
        } catch (IllegalArgumentException e) {
            throw new RequestException(file + ": " + e.getMessage(), e);
        }
    }

    private int compareRuntimes() throws IOException, InterruptedException {
        Tolerance tolerance =
                runtimes.tolerance(Parity.TOLERANCE, Tolerance.standard().relative());
        RuntimeReport.RuntimeDiffReport report =
                new RuntimeReport.RuntimeDiffReport(file.toString(), tolerance, new ArrayList<>());
        try (OnnxPredictor predictor = OnnxPredictor.open(file)) {
            RuntimeCheck.requireChannelsFirst(file, predictor.signature());
            Map<Runner, Optional<Path>> programs = runtimes.programs(file, predictor.operators());
            RuntimeCheck.RuntimeDiffs diffs = new RuntimeCheck.RuntimeDiffs(
                    file,
                    predictor,
                    preprocessing(predictor),
                    randomPixels(predictor.signature()),
                    tolerance,
                    runtimes.timeout());
            for (Map.Entry<Runner, Optional<Path>> one : programs.entrySet()) {
                Runner runner = one.getKey();
                RuntimeCheck.RuntimeDiffs.Compared compared = one.getValue().isEmpty()
                        ? null
                        : diffs.compared(runner, one.getValue().get());
                String reason = compared == null ? runner.reason(predictor.operators()) : null;
                report.entries().add(new RuntimeReport.RuntimeDiffReport.Checked(runner, compared, reason));
                Path folder = reduced == null ? null : reduced.resolve(runner.name());
                if (compared != null && folder != null && compared.diff().reduce(folder)) {
                    console.note("written: " + folder);
                }
            }
        }
        print(report::json, () -> report.print(console));
        return report.exitCode();
    }

    private int report(OnnxDiff diff) throws IOException {
        DiffReport report = diff.report();
        print(() -> report, () -> print(report));
        if (reduced != null) {
            for (Path folder : diff.reduce(reduced)) {
                console.note("written: " + folder);
            }
        }
        return !report.agrees() ? ExitCode.CROSS_CHECK_FAILED : report.sameFile() ? ExitCode.DONE : ExitCode.OTHER_FILE;
    }

    private void print(DiffReport report) {
        String compared = other == null ? "itself after the optimizations of ONNX Runtime" : other.toString();
        if (report.outputsAgree()) {
            double largest = report.outputs().values().stream()
                    .mapToDouble(TensorDifference::largest)
                    .max()
                    .orElse(0);
            console.format(
                    file + ": ",
                    "%s; %d of %d tensors are the same, outputs differ by at most %.1e",
                    report.sameFile()
                            ? "agrees with " + compared
                            : "same answers as " + compared + ", but another file",
                    report.matched(),
                    report.tensors(),
                    largest);
        } else {
            console.item(file + " ", "differs from " + compared + ":");
            report.outputs().forEach((name, difference) -> {
                if (!difference.agrees()) {
                    console.item("  " + name + ": ", difference.toString());
                }
            });
            beginnings(report, console);
        }
        report.metadata().forEach(text -> console.item("  the metadata differs: ", text));
        report.oneSided().forEach(key -> console.item("  only one file says ", key));
        shown("  also written differently: ", report.elsewhere(), console);
    }

    static void beginnings(DiffReport report, Console console) {
        shown("  it begins at ", report.findings(), console);
    }

    private static void shown(String head, List<Finding> findings, Console console) {
        findings.stream().limit(MOST_SHOWN).forEach(finding -> console.item(head, words(finding)));
        if (findings.size() > MOST_SHOWN) {
            console.item(head, findings.size() - MOST_SHOWN + " more nodes; catwalk diff --json lists all");
        }
    }

    private static String words(Finding finding) {
        StringBuilder words = new StringBuilder(
                finding.node().isEmpty() ? "the " + finding.operator() + " of " + finding.tensor() : finding.node());
        if (!finding.place().isEmpty()) {
            words.append(" (").append(finding.place()).append(')');
        }
        if (finding.other() == null) {
            words.append(", which has no counterpart in the other file");
        } else if (!finding.other().equals(finding.node()) && !finding.other().isEmpty()) {
            words.append(" and ").append(finding.other());
        }
        if (finding.difference() != null && !finding.difference().agrees()) {
            words.append("; ").append(finding.tensor()).append(": ").append(finding.difference());
        }
        finding.causes().forEach(cause -> words.append("; ").append(cause));
        if (finding.causes().isEmpty() && finding.other() != null) {
            words.append("; the node is the same in both files");
        }
        return words.toString();
    }

    private byte[] randomPixels(Signature signature) {
        int batch = Math.max(1, signature.batch());
        int count = (rows + batch - 1) / batch * batch;
        byte[] pixels = new byte[Math.multiplyExact(count, signature.imageSize())];
        new SplittableRandom(seed).nextBytes(pixels);
        return pixels;
    }

    /** Normalizes as the file says; if it says nothing, to mean 0 and standard deviation 1. */
    private Preprocessing preprocessing(OnnxPredictor predictor) {
        boolean stated = TypedNormalization.said(predictor.metadata()).isPresent()
                || predictor.signature().pixels() == Signature.PixelType.UINT8;
        return FileOptions.preprocessing(file, predictor, stated ? null : EVEN);
    }
}
