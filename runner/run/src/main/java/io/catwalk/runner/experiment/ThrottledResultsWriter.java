package io.catwalk.runner.experiment;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.results.RunResults;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the results while a run goes on, often enough to be useful and rarely enough to cost almost nothing: after
 * half a minute at the earliest, and when a tenth more trials have finished. All that is written then adds up to a
 * few times the last results, however many trials there are. If a file cannot be written, the run goes on,
 * and it is written again later.
 */
final class ThrottledResultsWriter {

    private static final Logger LOG = LoggerFactory.getLogger(ThrottledResultsWriter.class);
    private static final double PAUSE_SECONDS = 30;

    private final RunFolder run;
    private final Supplier<RunResults> results;
    private final DoubleSupplier seconds;
    private final Consumer<String> note;
    private double writtenAt;
    private int writtenWith;
    private boolean failing;

    /** Writes the results at the start. */
    ThrottledResultsWriter(
            RunFolder run, Supplier<RunResults> results, int finished, DoubleSupplier seconds, Consumer<String> note) {
        this.run = run;
        this.results = results;
        this.seconds = seconds;
        this.note = note;
        write(finished);
    }

    /** Called when more trials have finished; writes the results if it is time. */
    void changed(int finished) {
        boolean rested = seconds.getAsDouble() - writtenAt >= PAUSE_SECONDS;
        if (rested && (failing || 10L * finished >= 11L * writtenWith)) {
            write(finished);
        }
    }

    private void write(int finished) {
        if (run.hasPage()) {
            return; // what is written here has no comparison: it would not be what the page shows
        }
        writtenAt = seconds.getAsDouble();
        writtenWith = finished;
        try {
            run.writeResults(results.get());
            failing = false;
        } catch (IOException e) {
            LOG.warn("The results could not be written", e);
            if (!failing) {
                note.accept("the results could not be written and are tried again later: " + Reasons.of(e));
            }
            failing = true;
        }
    }
}
