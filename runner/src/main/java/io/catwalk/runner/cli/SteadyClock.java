package io.catwalk.runner.cli;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/**
 * A clock that reads the wall clock once, and then counts: setting the system time changes no budget and no duration.
 */
final class SteadyClock extends Clock {

    private final Instant start;
    private final LongSupplier nanos;
    private final long first;

    SteadyClock() {
        this(Clock.systemUTC(), System::nanoTime);
    }

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
