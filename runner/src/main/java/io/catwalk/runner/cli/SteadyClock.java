package io.catwalk.runner.cli;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/**
 * Tells the time of the wall clock at its start, and from there on counts. So a clock that is set while a
 * run goes on neither stretches its budget nor makes its seconds negative.
 */
final class SteadyClock extends Clock {

    private final Instant start;
    private final LongSupplier nanos;
    private final long first;

    /** Starts with this machine's clock. */
    SteadyClock() {
        this(Clock.systemUTC(), System::nanoTime);
    }

    /**
     * Starts.
     *
     * @param wall is asked once
     * @param nanos counts nanoseconds from anywhere, and never backwards
     */
    SteadyClock(Clock wall, LongSupplier nanos) {
        start = wall.instant();
        this.nanos = nanos;
        first = nanos.getAsLong();
    }

    @Override
    public Instant instant() {
        return start.plusNanos(nanos.getAsLong() - first);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("a run counts in UTC");
    }
}
