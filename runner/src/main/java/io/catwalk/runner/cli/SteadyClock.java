package io.catwalk.runner.cli;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/**
 * A clock that reads the wall clock once, at its start, and then counts. If the system time is set during a run, the
 * budget does not grow and no duration is negative.
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
     * @param wall read once
     * @param nanos counts nanoseconds from any start, and never backwards
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
