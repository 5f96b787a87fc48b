package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
final class SteadyClockTest {

    private static final Instant START = Instant.parse("2026-03-29T00:59:59Z");

    @Test
    void aClockThatIsSetBackByDaysDoesNotProlongAnything() {
        Instant[] wall = {START};
        AtomicLong nanos = new AtomicLong(-7); // it may start at any value
        InstantSource source = () -> wall[0];
        Clock clock = RunLauncher.steady(source.withZone(ZoneOffset.UTC), nanos::get);

        assertThat(clock.instant()).isEqualTo(START);
        wall[0] = START.minus(Duration.ofDays(3));
        nanos.addAndGet(Duration.ofSeconds(90).toNanos());
        assertThat(clock.instant()).isEqualTo(START.plusSeconds(90));
    }
}
