package io.catwalk.runner.trial;

import io.catwalk.onnx.OnnxFileException;
import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.latency.LatencyBench;
import io.catwalk.runner.plugin.PluginException;
import io.catwalk.runner.process.ParentPipe;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.training.TrainingException;
import java.io.FileDescriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Entry point of the process that runs one trial: {@code train ORDER.json}, {@code bench BENCH.json},
 * {@code probe PROBE.json} or {@code check ORDER.json}.
 */
final class TrialMain {

    private static final Logger LOG = LoggerFactory.getLogger(TrialMain.class);

    static final String TRAIN = "train";
    static final String BENCH = "bench";
    static final String PROBE = "probe";
    static final String CHECK = "check";

    private TrialMain() {}

    /**
     * Runs one order and reports it to the parent process.
     *
     * @param arguments the command, and the file with the order
     */
    public static void main(String[] arguments) {
        ParentPipe parent = ParentPipe.open(System.in, FileDescriptor.out);
        // Everything that a plugin prints belongs in the log.
        System.setOut(System.err);
        if (arguments[0].equals(TRAIN)) {
            EngineSettings.startEngine(); // while the order and the images are read
        }
        int exit;
        try {
            parent.send(run(arguments, parent));
            exit = 0;
        } catch (Throwable e) { // the parent turns it, whatever it was, into the row of this trial
            LOG.error("The trial failed", e);
            parent.send(Event.failed(reason(e)));
            exit = 1;
        }
        System.exit(exit);
    }

    private static Event run(String[] arguments, ParentPipe parent) throws IOException {
        Path subject = Path.of(arguments[1]);
        return switch (arguments[0]) {
            case TRAIN ->
                Event.ended(new TrialRun(read(subject, TrialOrder.class), folder(subject))
                        .run(
                                epoch -> parent.send(Event.epoch(epoch)),
                                evaluated -> parent.send(Event.evaluated(evaluated))));
            case BENCH -> Event.measured(read(subject, LatencyBench.Order.class).measure());
            case PROBE -> {
                read(subject, TrialProcess.Probe.class).write();
                yield new Event(null, null, null, null, null);
            }
            case CHECK -> Event.ended(ReturnedTrial.checked(read(subject, TrialOrder.class), folder(subject)));
            default -> throw new IllegalArgumentException("unknown verb " + arguments[0]);
        };
    }

    /** An order is in the folder of its trial. */
    private static TrialFolder folder(Path order) {
        return new TrialFolder(Objects.requireNonNull(order.toAbsolutePath().getParent()));
    }

    private static <T> T read(Path file, Class<T> type) throws IOException {
        return Json.read(file, type, "an order");
    }

    /** Describes in one line what went wrong, for users. */
    static String reason(Throwable e) {
        if (e instanceof RequestException
                || e instanceof PluginException
                || e instanceof TrainingException
                || e instanceof OnnxFileException) {
            return Reasons.oneLine(String.valueOf(e.getMessage()));
        }
        if (e instanceof OutOfMemoryError) {
            // A pool of threads throws a copy of the error, without its message.
            Throwable original = e.getCause() instanceof OutOfMemoryError memory ? memory : e;
            return "ran out of memory (" + original.getMessage() + "): try fewer --jobs, a smaller --batch-size, or a "
                    + "larger heap by CATWALK_OPTS=-Xmx8g";
        }
        return Reasons.of(e);
    }

    /**
     * Tells the parent process what happened in a trial; at most one field is set.
     *
     * @param epoch an epoch ended
     * @param evaluated the network is trained and evaluated, and is exported now
     * @param ended outcome of the trial; nothing follows
     * @param measured a network was measured; nothing follows
     * @param failed reason why the request failed; nothing follows
     */
    record Event(
            @Nullable Epoch epoch,
            TrialOutcome.@Nullable Done evaluated,
            @Nullable TrialOutcome ended,
            LatencyBench.@Nullable Measured measured,
            @Nullable String failed) {

        static Event epoch(Epoch epoch) {
            return new Event(epoch, null, null, null, null);
        }

        static Event evaluated(TrialOutcome.Done outcome) {
            return new Event(null, outcome, null, null, null);
        }

        static Event ended(TrialOutcome outcome) {
            return new Event(null, null, outcome, null, null);
        }

        static Event measured(LatencyBench.Measured measured) {
            return new Event(null, null, null, measured, null);
        }

        static Event failed(String reason) {
            return new Event(null, null, null, null, reason);
        }

        boolean isLast() {
            return epoch == null && evaluated == null;
        }
    }
}
