package io.catwalk.runner.trial;

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
 * Is the program of a trial's own process: {@code train ORDER.json} or {@code measure ORDER.json}. It
 * ends when its standard input does, so that no trial outlives the run that it belongs to.
 */
final class TrialMain {

    private static final Logger LOG = LoggerFactory.getLogger(TrialMain.class);

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
            TrialOrder order = Json.JSON.readValue(Files.readString(Path.of(arguments[1])), TrialOrder.class);
            exit = arguments[0].equals("train") ? train(order, events) : measure(order, events);
        } catch (Throwable e) { // the parent turns whatever it was into the row of this trial
            LOG.error("The trial failed", e);
            TrialEvent.send(events, TrialEvent.failed(reason(e)));
            exit = 1;
        }
        System.exit(exit);
    }

    private static int train(TrialOrder order, PrintStream events) throws IOException {
        new TrialRun(order).train(epoch -> TrialEvent.send(events, TrialEvent.epoch(epoch)));
        return 0;
    }

    private static int measure(TrialOrder order, PrintStream events) throws IOException {
        TrialEvent.send(events, TrialEvent.measured(new TrialRun(order).measure()));
        return 0;
    }

    /** Says in one line what went wrong, for a person. */
    static String reason(Throwable e) {
        if (e instanceof RequestException || e instanceof PluginException || e instanceof TrainingException) {
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
