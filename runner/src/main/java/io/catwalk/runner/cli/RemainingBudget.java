package io.catwalk.runner.cli;

import io.catwalk.runner.experiment.RunPolicy;
import java.time.Duration;

/** Shares one time budget among consecutive runs. */
final class RemainingBudget {

    private static final Duration LEAST = Duration.ofMillis(1);

    private final RunPolicy whole;
    private final long start = System.nanoTime();

    RemainingBudget(RunPolicy whole) {
        this.whole = whole;
    }

    /** Returns how to carry out the next run: with the time that the earlier runs have left. */
    RunPolicy left() {
        if (whole.budget() == null) {
            return whole;
        }
        Duration left = whole.budget().minusNanos(System.nanoTime() - start);
        return new RunPolicy(
                left.compareTo(LEAST) < 0 ? LEAST : left, whole.retry(), whole.versions(), whole.processor());
    }
}
