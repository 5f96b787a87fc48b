package io.catwalk.runner.trial;

import io.catwalk.runner.latency.LatencyBench;
import io.catwalk.runner.training.Epoch;
import org.jspecify.annotations.Nullable;

/**
 * Tells the parent process what happened in a trial; exactly one field is set.
 *
 * @param epoch an epoch ended
 * @param evaluated the network is trained and evaluated, and is exported now
 * @param ended outcome of the trial; nothing follows
 * @param measured a network was measured; nothing follows
 * @param probed the requested network is written to this file; nothing follows
 * @param failed reason why the request failed; nothing follows
 */
record TrialEvent(
        @Nullable Epoch epoch,
        TrialOutcome.@Nullable Done evaluated,
        @Nullable TrialOutcome ended,
        LatencyBench.@Nullable Measured measured,
        @Nullable String probed,
        @Nullable String failed) {

    static TrialEvent epoch(Epoch epoch) {
        return new TrialEvent(epoch, null, null, null, null, null);
    }

    static TrialEvent evaluated(TrialOutcome.Done outcome) {
        return new TrialEvent(null, outcome, null, null, null, null);
    }

    static TrialEvent ended(TrialOutcome outcome) {
        return new TrialEvent(null, null, outcome, null, null, null);
    }

    static TrialEvent measured(LatencyBench.Measured measured) {
        return new TrialEvent(null, null, null, measured, null, null);
    }

    static TrialEvent probed(String file) {
        return new TrialEvent(null, null, null, null, file, null);
    }

    static TrialEvent failed(String reason) {
        return new TrialEvent(null, null, null, null, null, reason);
    }

    boolean isLast() {
        return epoch == null && evaluated == null;
    }
}
