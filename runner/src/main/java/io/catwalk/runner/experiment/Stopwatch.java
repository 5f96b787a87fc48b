package io.catwalk.runner.experiment;

import io.catwalk.runner.RequestException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Measures how long a run takes, with what it took before it was interrupted.
 *
 * @param clock tells the time
 * @param firstStart moment of the first start of the run
 * @param before seconds that were recorded before this start
 * @param start moment of this start
 */
record Stopwatch(Clock clock, Instant firstStart, double before, Instant start) {

    /** Starts, or goes on from what the results of the run say. */
    static Stopwatch resume(RunFolder run, Clock clock) throws IOException {
        Instant now = clock.instant();
        if (!run.hasResults()) {
            return new Stopwatch(clock, now, 0, now);
        }
        try {
            Results.Summary earlier = run.readResults().experiment();
            return new Stopwatch(clock, Instant.parse(earlier.startedAt()), earlier.seconds(), now);
        } catch (RequestException e) {
            return new Stopwatch(clock, now, 0, now); // the results are written anew from the trials
        }
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
