package io.catwalk.runner.trial;

import io.catwalk.runner.Json;
import io.catwalk.runner.training.Epoch;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Tells the parent process what happened in a trial; exactly one field is set.
 *
 * @param epoch an epoch ended
 * @param judged the network is trained and judged, and is exported now
 * @param ended the trial has come to this, and nothing follows
 * @param measured a network was measured, and nothing follows
 * @param sketched the network that was asked for is written to this file, and nothing follows
 * @param failed what was asked for could not be done, for this reason, and nothing follows
 */
record TrialEvent(
        @Nullable Epoch epoch,
        TrialOutcome.@Nullable Done judged,
        @Nullable TrialOutcome ended,
        LatencyBench.@Nullable Measured measured,
        @Nullable String sketched,
        @Nullable String failed) {

    static TrialEvent epoch(Epoch epoch) {
        return new TrialEvent(epoch, null, null, null, null, null);
    }

    static TrialEvent judged(TrialOutcome.Done outcome) {
        return new TrialEvent(null, outcome, null, null, null, null);
    }

    static TrialEvent ended(TrialOutcome outcome) {
        return new TrialEvent(null, null, outcome, null, null, null);
    }

    static TrialEvent measured(LatencyBench.Measured measured) {
        return new TrialEvent(null, null, null, measured, null, null);
    }

    static TrialEvent sketched(String file) {
        return new TrialEvent(null, null, null, null, file, null);
    }

    static TrialEvent failed(String reason) {
        return new TrialEvent(null, null, null, null, null, reason);
    }

    boolean isLast() {
        return epoch == null && judged == null;
    }

    String message() {
        return Json.LINE.writeValueAsString(this);
    }

    /** Reads a message of the process; empty if it is none of ours. */
    static Optional<TrialEvent> parse(String message) {
        try {
            return Optional.of(Json.LINE.readValue(message, TrialEvent.class));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }
}
