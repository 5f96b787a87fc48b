package io.catwalk.runner.cli;

import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.experiment.RunLock;
import io.catwalk.runner.trial.BenchImage;
import io.catwalk.runner.trial.BenchOrder;
import io.catwalk.runner.trial.BenchProcess;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.InferenceEngine;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.LatencyBench;
import io.catwalk.runner.trial.LatencySettings;
import io.catwalk.runner.trial.PrivateFolder;
import io.catwalk.runner.trial.TrialBench;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures how fast networks answer, each in a process of its own. */
@Command(
        name = "bench",
        description = {
            "Measure how fast an ONNX file answers, or the networks of a run, on PyTorch and on ONNX Runtime. What is "
                    + "measured of a run is written into its results.",
            "Each in a fresh process, after warm-up: one image (p50, p90, p99), and images per second in batches "
                    + "of 64 and 256."
        },
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {

    private static final double MOST_SECONDS = 600;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL.onnx|RUN", description = "An ONNX file, a run folder, or the folder of one trial.")
    private Path subject = Path.of("");

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of the engine. Default: those of the training; 1 for a file")
    private @Nullable Integer threads;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description =
                    "Seconds for each network on each engine; a slow one may take twice as long. Default: 3, and 1 with "
                            + "--tune. For a file, --timeout has to be longer")
    private @Nullable Double seconds;

    @Option(names = "--plugins-dir", paramLabel = "DIR", description = "Folder of the plugin jars.")
    private Path pluginsDir = Home.plugins();

    @Mixin
    private FileOptions options;

    @Mixin
    private InputSize size;

    @Mixin
    private SessionTuning tuning;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    /** One row of the table. */
    private record Row(String model, String engine, Latency latency) {}

    @Mixin
    private ForeignFile foreign;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Console console = new Console(spec);
        if (threads != null) {
            Typed.within("--threads", threads, ExperimentSpec.MOST_AT_ONCE);
        }
        LatencySettings settings = settings();
        if (tuning.asked()) {
            tuning.requireFile(subject);
            List<String> arguments = spec.root().commandLine().getParseResult().originalArgs();
            return foreign.run(spec, subject, () -> tuned(console), arguments, ForeignFile.Output.STREAM);
        }
        if (!Files.isDirectory(subject)) {
            return foreign.run(spec, subject, () -> answer(List.of(file(settings, console)), ExitCode.DONE, console));
        }
        List<Row> rows = new ArrayList<>();
        int exitCode = recorded(settings, rows, console);
        return answer(rows, exitCode, console);
    }

    @SuppressWarnings("try") // the lock is held, not used
    private int recorded(LatencySettings settings, List<Row> rows, Console console)
            throws IOException, InterruptedException {
        try (RunLock lock = TrainedTrials.lock(subject, console)) {
            return trials(settings, rows, console);
        }
    }

    private int answer(List<Row> rows, int exitCode, Console console) {
        if (json) {
            console.json(rows.stream().map(BenchCommand::asMap).toList());
        } else if (!rows.isEmpty()) {
            print(rows, console);
        }
        return exitCode;
    }

    private LatencySettings settings() {
        if (seconds == null) {
            return LatencySettings.standard();
        }
        if (!(seconds > 0 && seconds <= MOST_SECONDS)) {
            throw new RequestException("--seconds must be above 0 and at most 600, but is " + seconds);
        }
        return LatencySettings.of(Duration.ofMillis(Math.max(1, Math.round(seconds * 1000))));
    }

    private int tuned(Console console) throws IOException {
        PrivateFolder.claim();
        return tuning.run(subject, size.added(options.hints()), image(console), threads, seconds, json, console);
    }

    /** Opens the file, which says what is wrong with it before another process is started. */
    private BenchImage image(Console console) {
        try (OnnxPredictor predictor =
                OnnxPredictor.open(subject, OnnxOptions.standard(), size.added(options.hints()))) {
            size.require(subject, predictor.signature());
            ForeignFile.sign(console);
            return options.normalizes()
                    ? BenchImage.noise(
                            predictor.signature().imageSize(),
                            FileOptions.normalization(options.preprocessing(subject, predictor)))
                    : BenchImage.noise(predictor);
        }
    }

    private Row file(LatencySettings settings, Console console) throws IOException, InterruptedException {
        PrivateFolder.claim();
        BenchOrder order = new BenchOrder.OfFile(
                subject.toAbsolutePath(),
                size.added(options.hints()),
                null,
                image(console),
                Objects.requireNonNullElse(threads, 1),
                settings);
        try {
            return new Row(
                    String.valueOf(subject.getFileName()),
                    InferenceEngine.ONNX_RUNTIME.title(),
                    new BenchProcess().measure(order).latency());
        } catch (IOException e) {
            throw new RequestException(subject + ": expected a model that can be measured, but " + Reasons.of(e), e);
        }
    }

    private int trials(LatencySettings settings, List<Row> rows, Console console)
            throws IOException, InterruptedException {
        List<TrialFolder> trials = RunFolder.trained(subject);
        LatencyBench bench = new BenchProcess();
        Map<DatasetSpec, TrialBench> benches = new HashMap<>();
        int exitCode = ExitCode.DONE;
        for (int i = 0; i < trials.size(); i++) {
            TrialFolder folder = trials.get(i);
            TrialOrder order = folder.readOrder();
            TrialBench trialBench = benches.computeIfAbsent(
                    order.dataset(),
                    dataset -> new TrialBench(bench, settings, pluginsDir, dataset.load(Home.data(console))));
            console.note(order.spec().title() + ": measuring the latency, network " + (i + 1) + " of " + trials.size());
            if (!(folder.readOutcome() instanceof Done done)) {
                throw new RequestException("expected a trained trial, but " + folder.path() + " has no network");
            }
            TrialBench.Outcome outcome = trialBench.measure(
                    order,
                    folder,
                    done.normalization(),
                    Objects.requireNonNullElse(threads, order.spec().threads()));
            for (String problem : outcome.problems()) {
                console.note(order.spec().title() + ": latency not measured: " + problem);
                exitCode = ExitCode.SOME_FAILED;
            }
            for (Map.Entry<InferenceEngine, Latency> one : outcome.latencies().entrySet()) {
                rows.add(new Row(order.spec().label(), one.getKey().title(), one.getValue()));
                done = done.withLatency(one.getKey(), one.getValue());
            }
            folder.writeOutcome(done);
        }
        TrainedTrials.record(subject, trials);
        return exitCode;
    }

    private void print(List<Row> rows, Console console) {
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("model", "engine", "p50", "p90", "p99", "64", "256"));
        for (Row row : rows) {
            Latency latency = row.latency;
            table.add(List.of(
                    row.model,
                    row.engine,
                    (latency.busy() == null ? "" : Latency.ROUGH) + number(latency.p50Micros()),
                    number(latency.p90Micros()),
                    number(latency.p99Micros()),
                    number(latency.imagesPerSecond64()),
                    number(latency.imagesPerSecond256())));
        }
        console.table(table);
        console.line("");
        console.item(
                "",
                "One image in microseconds (p50, p90, p99), images per second in batches of 64 and 256; threads: "
                        + rows.get(0).latency.threads() + ". A dash: too few calls for it in the time (--seconds).");
        rows.stream()
                .filter(row -> row.latency.busy() != null)
                .findFirst()
                .ifPresent(row -> console.note(
                        "~: the machine was busy (" + row.latency.busy() + "): measure again when it is quiet"));
    }

    private static String number(@Nullable Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, "%,.0f", value);
    }

    private static Map<String, Object> asMap(Row row) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("model", row.model);
        map.put("engine", row.engine);
        map.put("latency", row.latency);
        return map;
    }
}
