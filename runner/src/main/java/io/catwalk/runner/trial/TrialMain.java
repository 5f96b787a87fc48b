package io.catwalk.runner.trial;

import io.catwalk.onnx.OnnxFileException;
import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.plugin.PluginException;
import io.catwalk.runner.training.TrainingException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Is the program of a trial's own process: {@code train ORDER.json}, {@code bench-weights BENCH.json}
 * or {@code bench-file BENCH.json}. It ends when its standard input does, so that no trial outlives
 * the run that it belongs to.
 */
final class TrialMain {

    private static final Logger LOG = LoggerFactory.getLogger(TrialMain.class);

    static final String TRAIN = "train";
    static final String BENCH_WEIGHTS = "bench-weights";
    static final String BENCH_FILE = "bench-file";

    private TrialMain() {}

    /**
     * Runs one order and tells the parent process about it, one line of JSON an event.
     *
     * @param arguments what to do, and the file with the order
     */
    public static void main(String[] arguments) {
        // Whatever a plugin prints belongs into the log, not between our events.
        PrintStream events = System.out;
        System.setOut(System.err);
        endWithParent();
        int exit;
        try {
            run(arguments, events);
            exit = 0;
        } catch (Throwable e) { // the parent turns whatever it was into the row of this trial
            LOG.error("The trial failed", e);
            TrialEvent.send(events, TrialEvent.failed(reason(e)));
            exit = 1;
        }
        System.exit(exit);
    }

    private static void run(String[] arguments, PrintStream events) throws IOException {
        Path subject = Path.of(arguments[1]);
        switch (arguments[0]) {
            case TRAIN ->
                new TrialRun(read(subject, TrialOrder.class))
                        .train(epoch -> TrialEvent.send(events, TrialEvent.epoch(epoch)));
            case BENCH_WEIGHTS -> {
                var order = read(subject, BenchOrder.OfWeights.class);
                TrialEvent.send(events, TrialEvent.measured(BenchRun.measure(order)));
            }
            case BENCH_FILE -> {
                var order = read(subject, BenchOrder.OfFile.class);
                TrialEvent.send(events, TrialEvent.measured(BenchRun.measure(order)));
            }
            default -> throw new IllegalArgumentException("unknown verb " + arguments[0]);
        }
    }

    private static <T> T read(Path file, Class<T> type) throws IOException {
        return Json.JSON.readValue(Files.readString(file), type);
    }

    /** Says in one line what went wrong, for a person. */
    static String reason(Throwable e) {
        if (e instanceof RequestException
                || e instanceof PluginException
                || e instanceof TrainingException
                || e instanceof OnnxFileException) {
            return Reasons.oneLine(String.valueOf(e.getMessage()));
        }
        if (e instanceof OutOfMemoryError) {
            return "ran out of memory (" + e.getMessage() + "): try fewer --jobs, a smaller --batch-size, or a "
                    + "larger heap by CATWALK_OPTS=-Xmx8g";
        }
        return Reasons.of(e);
    }

    private static void endWithParent() {
        InputStream parent = System.in;
        Thread watch = new Thread(
                () -> {
                    try {
                        while (parent.read() >= 0) {
                            LOG.debug("The parent is there");
                        }
                    } catch (IOException e) {
                        LOG.debug("The parent is gone", e);
                    }
                    Runtime.getRuntime().halt(1);
                },
                "end-with-parent");
        watch.setDaemon(true);
        watch.start();
    }
}
