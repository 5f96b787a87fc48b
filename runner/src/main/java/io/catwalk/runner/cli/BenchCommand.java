package io.catwalk.runner.cli;

import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.RunLock;
import io.catwalk.runner.trial.InferenceEngine;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.PrivateFolder;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialOutcome.Done;
import io.catwalk.runner.trial.TrialProcess;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
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
            "Measure how fast an ONNX file answers, or the networks of a run, on PyTorch and on ONNX Runtime.",
            "Each in a fresh process, after warm-up: one image (p50, p90, p99), and images per second in batches "
                    + "of 64 and 256."
        },
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL.onnx|RUN", description = "An ONNX file, a run folder, or the folder of one trial.")
    private Path subject = Path.of("");

    @Option(names = "--threads", paramLabel = "N", description = "Threads of the engine. Default: ${DEFAULT-VALUE}")
    private int threads = 1;

    @Option(names = "--plugins-dir", paramLabel = "DIR", description = "Folder of the plugin jars.")
    private Path pluginsDir = Home.plugins();

    @Option(names = "--record", description = "Write what is measured into the results of the run.")
    private boolean record;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    /** One row of the table. */
    private record Measured(String model, String engine, Latency latency) {}

    @Mixin
    private ForeignFile foreign;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Console console = new Console(spec);
        Typed.within("--threads", threads, ExperimentSpec.MOST_AT_ONCE);
        if (Files.isDirectory(subject)) {
            return answer(measured(console), console);
        }
        if (record) {
            throw new RequestException("--record needs a run or a trial in it, but " + subject + " is a file");
        }
        return foreign.run(spec, subject, () -> answer(List.of(file(console)), console));
    }

    private int answer(List<Measured> rows, Console console) {
        if (json) {
            console.json(rows.stream().map(BenchCommand::asMap).toList());
        } else {
            print(rows, console);
        }
        return ExitCode.DONE;
    }

    @SuppressWarnings("try") // the lock is held, not used
    private List<Measured> measured(Console console) throws IOException, InterruptedException {
        try (RunLock lock = record ? TrainedTrials.lock(subject, console) : null) {
            return trials();
        }
    }

    private Measured file(Console console) throws IOException, InterruptedException {
        PrivateFolder.claim();
        OnnxPredictor.open(subject).close(); // says what is wrong with the file before another process is started
        ForeignFile.sign(console);
        try {
            return new Measured(
                    String.valueOf(subject.getFileName()),
                    InferenceEngine.ONNX_RUNTIME.title(),
                    new TrialProcess(null).measure(subject, threads));
        } catch (IOException e) {
            throw new RequestException(subject + ": expected a model that can be measured, but " + Reasons.of(e), e);
        }
    }

    private List<Measured> trials() throws IOException, InterruptedException {
        List<Measured> rows = new ArrayList<>();
        TrialProcess process = new TrialProcess(null);
        List<TrialFolder> folders = TrainedTrials.in(subject);
        for (TrialFolder folder : folders) {
            TrialOrder order = folder.readOrder();
            TrialSpec trial = order.spec();
            for (InferenceEngine engine : folder.engines()) {
                Latency latency = process.measure(
                        order.toMeasure(Home.data().toAbsolutePath(), pluginsDir.toAbsolutePath(), threads), engine);
                rows.add(new Measured(trial.label(), engine.title(), latency));
                if (record && folder.readOutcome() instanceof Done done) {
                    folder.writeOutcome(done.withLatency(engine, latency));
                }
            }
        }
        if (record) {
            TrainedTrials.record(subject, folders);
        }
        return rows;
    }

    private void print(List<Measured> rows, Console console) {
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("model", "engine", "p50", "p90", "p99", "64", "256"));
        for (Measured row : rows) {
            Latency latency = row.latency;
            table.add(List.of(
                    row.model,
                    row.engine,
                    number(latency.p50Micros()),
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
                        + threads + ".");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    private static Map<String, Object> asMap(Measured row) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("model", row.model);
        map.put("engine", row.engine);
        map.put("latency", row.latency);
        return map;
    }
}
