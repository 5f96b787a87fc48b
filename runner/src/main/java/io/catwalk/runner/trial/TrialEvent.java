package io.catwalk.runner.trial;

import io.catwalk.runner.Json;
import io.catwalk.runner.training.Epoch;
import java.io.PrintStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Tells the parent process what happened in a trial; exactly one field is set.
 *
 * @param epoch an epoch ended
 * @param measured a network was measured
 * @param failed the trial failed, for this reason
 */
record TrialEvent(
        @Nullable Epoch epoch,
        LatencyBench.@Nullable Measured measured,
        @Nullable String failed) {

    /** Marks our lines among whatever else a native library may print. */
    private static final String MARK = "@catwalk ";

    static TrialEvent epoch(Epoch epoch) {
        return new TrialEvent(epoch, null, null);
    }

    static TrialEvent measured(LatencyBench.Measured measured) {
        return new TrialEvent(null, measured, null);
    }

    static TrialEvent failed(String reason) {
        return new TrialEvent(null, null, reason);
    }

    static void send(PrintStream out, TrialEvent event) {
        out.println(MARK + Json.LINE.writeValueAsString(event));
        out.flush();
    }

    /** Reads a line of the child's output; empty if it is not an event. */
    static Optional<TrialEvent> parse(String line) {
        if (!line.startsWith(MARK)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.LINE.readValue(line.substring(MARK.length()), TrialEvent.class));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }
}
