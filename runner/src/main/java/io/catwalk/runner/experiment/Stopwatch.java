package io.catwalk.runner.experiment;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Measures how long a run takes, including the time before it was interrupted.
 *
 * @param clock returns the time
 * @param firstStart moment of the first start of the run
 * @param before seconds that were recorded before this start
 * @param start moment of this start
 */
record Stopwatch(Clock clock, Instant firstStart, double before, Instant start) {

    /** Starts, or continues from the time in the journal of the run. */
    static Stopwatch resume(Journal.Content journal, Clock clock) {
        Instant now = clock.instant();
        Journal.Head head = journal.head();
        double before = journal.entries().stream()
                .mapToDouble(Journal.Entry::seconds)
                .max()
                .orElse(0);
        return new Stopwatch(clock, head == null ? now : Instant.parse(head.startedAt()), before, now);
    }

    /** Returns how long this start has lasted. */
    Duration elapsed() {
        return Duration.between(start, clock.instant());
    }

    /** Returns how long the run has lasted altogether. */
    double seconds() {
        return before + elapsed().toMillis() / 1e3;
    }
}
