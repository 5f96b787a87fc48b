package io.catwalk.runner.cli;

import io.catwalk.onnx.compose.EmbeddedResizing;
import io.catwalk.onnx.file.ModelFiles;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.ResizeRule.Fit;
import io.catwalk.runner.demo.DemoPage;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.experiment.RunLock;
import io.catwalk.runner.given.ClassNames;
import io.catwalk.runner.report.RunDocument;
import io.catwalk.runner.runtimes.Runner;
import io.catwalk.runner.trial.ModelSignature;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "demo",
        description = {
            "Write a page that runs exported networks in a browser: draw, drop, paste or choose an image, and all answer "
                    + "at once.",
            "It is a folder that opens from disk or from any server of files, and needs no network connection. The report "
                    + "of a run shows the page of its folder, too."
        })
final class DemoCommand extends ConsoleCommand {

    private static final int MOST_IMAGES = 1000;

    /** With how many images the page tests WebGPU, which it does for each network before it answers. */
    private static final int TESTED = 8;

    @Parameters(
            arity = "1..*",
            paramLabel = "RUN|MODEL.onnx",
            description = "A run folder, or ONNX files with the same classes and image size. Of a run, each network "
                    + "with an ONNX file is taken once.")
    private List<Path> subjects = List.of();

    @Option(names = "--out", paramLabel = "DIR", description = "Folder of the page. Default: demo in the run, or here")
    private @Nullable Path out;

    @Option(names = "--force", description = "Replace the folder if it is there.")
    private boolean force;

    @Option(names = "--images", paramLabel = "N", description = "Test images; 0 for none. Default: ${DEFAULT-VALUE}")
    private int images = 100;

    @Mixin
    private FileDataset dataset;

    @Option(names = "--runtimes-dir", paramLabel = "DIR", description = "Folder of the runners. Default: Catwalk's own")
    private Path runtimes = Home.runtimes();

    @Mixin
    private SandboxedCommand sandbox;

    @Override
    int run() throws IOException, InterruptedException {
        if (images != 0) {
            OptionParsers.within("--images", images, MOST_IMAGES);
        }
        RunFolder run =
                subjects.size() == 1 && Files.isDirectory(subjects.get(0)) ? RunFolder.open(subjects.get(0)) : null;
        Path folder = out != null ? out : run != null ? subjects.get(0).resolve("demo") : Path.of("demo");
        OptionParsers.requireNew(folder, force);
        if (Files.exists(folder) && !DemoPage.isOne(folder)) {
            throw new RequestException("expected a page of an earlier catwalk demo in " + folder
                    + ", found something else, which is not replaced: choose another --out");
        }
        DemoPage page = page();
        Map<String, Path> shown = shown(run);
        Path first = shown.values().iterator().next();
        return sandbox.run(first, () -> write(page, folder, run, shown));
    }

    private DemoPage page() throws IOException {
        if (Runner.in(runtimes).stream().noneMatch(runner -> runner.name().equals("web"))) {
            throw new RequestException(
                    "expected the runner web in " + runtimes + ", found none: name another with --runtimes-dir");
        }
        Path library = runtimes.resolve("web/node_modules/onnxruntime-web/dist");
        return new DemoPage(library, "install it with npm ci --prefix " + runtimes.resolve("web"));
    }

    private Map<String, Path> shown(@Nullable RunFolder run) throws IOException {
        Map<String, Path> shown = run == null ? ofFiles() : ofRun(run);
        if (shown.isEmpty()) {
            throw new RequestException("expected networks with ONNX files in " + subjects.get(0)
                    + ", found none: write them by catwalk export " + subjects.get(0));
        }
        return shown;
    }

    private static Map<String, Path> ofRun(RunFolder run) throws IOException {
        Map<String, Path> shown = new LinkedHashMap<>();
        for (TrialOutcome.Done done : run.recorded().results().done()) {
            TrialFolder trial = run.trial(done.trial());
            if (Files.exists(trial.onnx())) {
                trial.requireOwnOnnx(done);
                shown.putIfAbsent(done.trial().label(), trial.onnx());
            }
        }
        return shown;
    }

    private Map<String, Path> ofFiles() {
        Map<String, Path> shown = new LinkedHashMap<>();
        for (Path file : subjects) {
            if (!Files.isRegularFile(file)) {
                throw new RequestException("expected an ONNX file, or one run folder alone, but " + file + " is "
                        + (Files.exists(file) ? "a folder beside other files" : "not there")
                        + ": name a run folder by itself, or files");
            }
            if (shown.putIfAbsent(ModelFiles.name(file), file) != null) {
                shown.put(file.toString(), file);
            }
        }
        return shown;
    }

    /** Returns the address of the report of the run, relative to the page; null if there is none. */
    private static @Nullable String report(@Nullable RunFolder run, Path folder) {
        if (run == null) {
            return null;
        }
        Path from = folder.toAbsolutePath().normalize();
        Path report = Reports.page(run).toAbsolutePath().normalize();
        return Files.exists(report) && from.getRoot().equals(report.getRoot())
                ? from.relativize(report).toString().replace('\\', '/')
                : null;
    }

    private int write(DemoPage page, Path folder, @Nullable RunFolder run, Map<String, Path> shown) throws IOException {
        Path first = shown.values().iterator().next();
        OnnxMetadata metadata = OnnxMetadata.read(first);
        ImageDataset all =
                images == 0 ? null : dataset.matched(first, dataset.load(first, metadata, console), metadata);
        ImageSource tests =
                all == null ? null : all.test().limit(images, all.classes().size(), 0);
        OnnxHints hints = all == null ? dataset.options.hints() : dataset.hints(all);
        String report = report(run, folder);
        List<DemoPage.Network> networks = new ArrayList<>();
        Set<String> datasets = new LinkedHashSet<>();
        DemoPage.Shape shape = null;
        for (Map.Entry<String, Path> entry : shown.entrySet()) {
            Path file = entry.getValue();
            ModelFiles.requireWeightsInside(file);
            try (OnnxPredictor predictor = OnnxPredictor.open(file, OnnxOptions.standard(), hints)) {
                Signature here = predictor.signature();
                FileOptions.requireWhole(file, here);
                if (all != null) {
                    FileDataset.requireFit(file, here, all);
                }
                DemoPage.Shape own =
                        new DemoPage.Shape(classes(file, predictor, all), here.channels(), here.height(), here.width());
                if (shape != null && !shape.equals(own)) {
                    throw new RequestException(file + ": expected the image size and classes of " + first
                            + ", but found others: write a separate page for it");
                }
                shape = own;
                Optional<String> from = predictor.metadata().get(MetadataKeys.PROVENANCE + "dataset");
                datasets.add(all != null ? all.name() : from.orElse("unknown images"));
                Preprocessing rule = dataset.options.preprocessing(file, predictor);
                // A network whose images all had one size is given others stretched.
                Fit fit = predictor
                        .metadata()
                        .get(MetadataKeys.FIT)
                        .map(Fit::parse)
                        .orElse(Fit.STRETCH);
                String shownAt = report == null ? null : report + "#" + RunDocument.confusion(entry.getKey());
                networks.add(new DemoPage.Network(
                        entry.getKey(),
                        () -> EmbeddedResizing.showing(file, EmbeddedResizing.Fit.valueOf(fit.name()), rule),
                        ModelSignature.stated(file, predictor, rule).output(),
                        shownAt,
                        tests == null ? new float[0] : answers(predictor, rule, tests)));
            }
        }
        page.write(
                folder,
                new DemoPage.Content(
                        String.join(" and ", datasets),
                        Objects.requireNonNull(shape),
                        networks,
                        tests == null ? new byte[0] : tests.read(0, tests.size()),
                        tests == null ? new int[0] : tests.labels()));
        if (run != null && out == null && Files.exists(Reports.page(run))) {
            dock(run);
        }
        console.line("Open " + folder.resolve(DemoPage.PAGE) + " in a browser.");
        return ExitCode.DONE;
    }

    /** Writes the report page again, since it links a demo only if the demo existed before. */
    private void dock(RunFolder run) throws IOException {
        try (RunLock lock = run.lockPatiently(console::note)) {
            Reports.writePage(lock.run().recorded(), console);
        } catch (RequestException e) {
            console.note("the report does not show the page yet (" + e.getMessage() + "): catwalk report " + run.path()
                    + " writes it again");
        }
    }

    private static float[] answers(OnnxPredictor predictor, Preprocessing rule, ImageSource tests) {
        int count = Math.min(TESTED, tests.size());
        return predictor.logits(tests.normalized(rule.normalization(), 0, count), count);
    }

    private static List<String> classes(Path file, OnnxPredictor predictor, @Nullable ImageDataset all) {
        return ClassNames.said(file, predictor.metadata())
                .filter(names -> names.size() == predictor.signature().classes())
                .orElseGet(() -> all != null
                        ? all.classes()
                        : IntStream.range(0, predictor.signature().classes())
                                .mapToObj(number -> "class " + number)
                                .toList());
    }
}
