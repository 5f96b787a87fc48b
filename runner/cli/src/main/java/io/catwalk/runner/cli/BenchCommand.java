package io.catwalk.runner.cli;

import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.RasterImage;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.experiment.RunLock;
import io.catwalk.runner.latency.InferenceEngine;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.latency.LatencyBench;
import io.catwalk.runner.latency.LatencySettings;
import io.catwalk.runner.report.Wording;
import io.catwalk.runner.results.RunResults.LatencyRow;
import io.catwalk.runner.trial.TrialBench;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialOutcome.Done;
import io.catwalk.runner.trial.TrialProcess;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "bench",
        description = {
            "Measure how fast an ONNX file is, or how fast the networks of a run are on DJL + PyTorch and on ONNX "
                    + "Runtime. For a run, the figures are written into its results.",
            "Each network runs in five fresh processes, in turns, until two windows of calls agree within 2 %%. The figures "
                    + "are the latency of one image (p50, p90, p99), and images per second in batches of 64 and 256."
        })
final class BenchCommand extends JsonCommand {

    private static final double MOST_SECONDS = 600;
    private static final int MOST_PROCESSES = 100;

    @Parameters(paramLabel = "MODEL.onnx|RUN", description = "An ONNX file, a run folder, or the folder of one trial.")
    private Path subject = Path.of("");

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Engine threads. Default: as in training; 1 for a file")
    private @Nullable Integer threads;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "Seconds for each network on each engine in each process; a slow one may take three times as "
                    + "long. Default: 3. For a file, --timeout has to be longer")
    private @Nullable Double seconds;

    @Option(
            names = "--processes",
            paramLabel = "N",
            description = "Processes for each network on each engine, in turns; the seeds and folds of one classifier "
                    + "share them. Default: 5")
    private @Nullable Integer processes;

    @Mixin
    private PluginOptions plugins;

    @Mixin
    private FileOptions options;

    @Mixin
    private FileOptions.InputSize size;

    @Mixin
    private SandboxedCommand sandbox;

    @Override
    @SuppressWarnings("try") // the lock is held, not used
    int run() throws IOException, InterruptedException {
        OptionParsers.withinIfGiven("--threads", threads, TrialSpec.MOST_THREADS);
        LatencySettings settings = settings();
        if (!Files.isDirectory(subject)) {
            return sandbox.run(subject, () -> answer(List.of(file(settings)), ExitCode.DONE));
        }
        TrainedTrials changed = TrainedTrials.of(subject);
        try (RunLock lock = changed.lock(console)) {
            return trials(settings, changed);
        }
    }

    private record Answer(String model, String engine, Latency latency) {}

    private int answer(List<LatencyRow> rows, int exitCode) {
        List<Answer> answers = new ArrayList<>();
        rows.forEach(row -> row.latencies()
                .forEach((engine, latency) -> answers.add(new Answer(row.model(), engine.key(), latency))));
        print(() -> answers, () -> print(rows));
        return exitCode;
    }

    private LatencySettings settings() {
        LatencySettings settings = LatencySettings.standard();
        if (seconds != null) {
            if (!(seconds > 0 && seconds <= MOST_SECONDS)) {
                throw new RequestException("--seconds must be above 0 and at most 600, but is " + seconds);
            }
            settings = LatencySettings.of(Duration.ofMillis(Math.max(1, Math.round(seconds * 1000))))
                    .withProcesses(settings.processes());
        }
        return processes == null
                ? settings
                : settings.withProcesses(OptionParsers.within("--processes", processes, MOST_PROCESSES));
    }

    /** Opens the file here, to report what is wrong with it before another process is started. */
    private LatencyBench.Image image(OnnxHints hints) {
        try (OnnxPredictor predictor = OnnxPredictor.open(subject, OnnxOptions.standard(), hints)) {
            size.require(subject, predictor.signature());
            return options.normalize != null
                    ? LatencyBench.Image.noise(
                            predictor.signature().imageSize(),
                            FileOptions.preprocessing(subject, predictor, options.normalize)
                                    .normalization())
                    : LatencyBench.Image.noise(predictor);
        }
    }

    private LatencyRow file(LatencySettings settings) throws IOException, InterruptedException {
        OnnxHints hints = size.added(options.hints());
        int engineThreads = Objects.requireNonNullElse(threads, 1);
        LatencyBench.Order order = new LatencyBench.Order(
                subject.toAbsolutePath(), null, hints, null, image(hints), engineThreads, settings);
        Map<Path, LatencyBench.Result> results =
                new LatencyBench(TrialProcess::measure).measure(Map.of(subject, order), file -> {});
        try {
            Latency latency = Objects.requireNonNull(results.get(subject)).latency();
            return new LatencyRow(String.valueOf(subject.getFileName()), Map.of(InferenceEngine.ONNX_RUNTIME, latency));
        } catch (IOException e) {
            throw new RequestException(subject + ": expected a model that can be measured, but " + Reasons.of(e), e);
        }
    }

    private int trials(LatencySettings settings, TrainedTrials changed) throws IOException, InterruptedException {
        List<TrialFolder> trials = RunFolder.networks(subject);
        List<TrialBench.Network> networks = new ArrayList<>();
        List<Done> trained = new ArrayList<>();
        for (TrialFolder folder : trials) {
            if (!(folder.readOutcome() instanceof Done done)) {
                throw new RequestException("expected a trained trial, but " + folder.path() + " has no network");
            }
            if (Files.exists(folder.onnx())) {
                folder.requireOwnOnnx(done);
            }
            TrialOrder order = folder.readOrder();
            int engineThreads = Objects.requireNonNullElse(threads, order.spec().threads());
            trained.add(done);
            RasterImage first = order.spec().size() == null && order.spec().given() == null
                    ? null
                    : order.dataset().load(Home.data(console)).test().image(0);
            networks.add(new TrialBench.Network(order, folder, done.normalization(), engineThreads, first));
        }
        // Networks with images of their own have their first one with them.
        TrialBench.Network usual = networks.stream()
                .filter(network -> network.first() == null)
                .findFirst()
                .orElse(networks.get(0));
        ImageDataset dataset = usual.trial().dataset().load(Home.data(console));
        TrialBench.Listener listener = new TrialBench.Listener() {
            @Override
            public void measuring(TrialSpec trial, int number, int of) {
                console.note(trial.title() + ": measuring the latency, " + number + " of " + of);
            }

            @Override
            public void turned(List<TrialBench.Outcome> soFar) throws IOException {
                keep(trials, trained, soFar, changed);
            }
        };
        List<TrialBench.Outcome> outcomes =
                new TrialBench(TrialProcess::measure, settings, plugins.folder, dataset).measure(networks, listener);
        keep(trials, trained, outcomes, changed);
        int exitCode = ExitCode.DONE;
        List<LatencyRow> rows = new ArrayList<>();
        for (int i = 0; i < trials.size(); i++) {
            Done done = trained.get(i);
            TrialBench.Outcome outcome = outcomes.get(i);
            for (String problem : outcome.problems()) {
                console.note(done.trial().title() + ": latency not measured: " + problem);
                exitCode = ExitCode.SOME_FAILED;
            }
            rows.add(new LatencyRow(done.trial().label(), outcome.latencies()));
        }
        return answer(rows, exitCode);
    }

    /** Saves the results so far, so that nothing that was measured is lost when the command is stopped. */
    private static void keep(
            List<TrialFolder> trials, List<Done> trained, List<TrialBench.Outcome> outcomes, TrainedTrials changed)
            throws IOException {
        List<TrialOutcome> measured = new ArrayList<>();
        for (int i = 0; i < trials.size(); i++) {
            measured.add(outcomes.get(i).added(trained.get(i)));
            trials.get(i).writeOutcome(measured.get(i));
        }
        changed.record(measured);
        changed.writeResults();
    }

    private void print(List<LatencyRow> rows) {
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("model", "engine", "p50", "range", "p90", "p99", "64", "256"));
        rows.forEach(row -> row.latencies().forEach((engine, latency) -> table.add(cells(row, engine, latency))));
        if (table.size() == 1) {
            return;
        }
        console.table(table);
        console.line("");
        console.say(
                "One image in microseconds (p50, lowest to highest p50 of a process, p90, p99), images per second in "
                        + "batches of 64 and 256; threads: %d, processes: %d. A dash: too few calls in the time "
                        + "(--seconds), or a single process, which has no range.",
                latencies(rows).findFirst().orElseThrow().threads(),
                latencies(rows).mapToInt(Latency::processes).max().orElseThrow());
        Set<Latency.Mark> marks = LatencyRow.marks(rows);
        marks.removeAll(Set.of(Latency.Mark.BUSY, Latency.Mark.ONE_PROCESS)); // the one is a note, the other a dash
        String note = Wording.latencies(marks);
        if (!note.isEmpty()) {
            console.item("", note);
        }
        latencies(rows)
                .map(Latency::busy)
                .filter(Objects::nonNull)
                .findFirst()
                .ifPresent(busy -> console.note(
                        "~: the machine was busy (" + Wording.busy(busy) + "): measure again when it is quiet"));
    }

    private static Stream<Latency> latencies(List<LatencyRow> rows) {
        return rows.stream().flatMap(row -> row.latencies().values().stream());
    }

    private static List<String> cells(LatencyRow row, InferenceEngine engine, Latency latency) {
        return List.of(
                row.model(),
                engine.title(),
                (latency.busy() == null ? "" : Latency.ROUGH) + number(latency.p50Micros()),
                range(latency),
                number(latency.p90Micros()),
                number(latency.p99Micros()),
                number(latency.imagesPerSecond64()),
                number(latency.imagesPerSecond256()));
    }

    private static String range(Latency latency) {
        Interval range = latency.spread();
        return range == null ? "-" : number(range.low()) + "-" + number(range.high());
    }

    private static String number(@Nullable Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, "%,.0f", value);
    }
}
