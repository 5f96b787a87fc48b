package io.catwalk.runner.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.onnx.Predictor;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.latency.LatencyBench.LatencyMeter;
import io.catwalk.runner.trial.MadeUp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Measures a network whose calls take what the test says, with a clock that nothing else advances. */
@Tag("tiny")
final class LatencyMeterTest {

    private static final long MICROS = 1_000;
    private static final long MILLIS = 1_000_000;
    private final List<Integer> batches = new ArrayList<>();
    private long now = 5;
    private float answer = 1;
    private int busy;

    private Latency measure(IntToLongFunction nanosOfBatch, LatencySettings settings) {
        Predictor predictor = new Predictor() {
            @Override
            public float[] logits(float[] images, int count) {
                assertThat(images).hasSize(2 * count).containsOnly(3, 4);
                batches.add(count);
                now += nanosOfBatch.applyAsLong(count);
                return new float[] {answer};
            }

            @Override
            public void close() {}
        };
        BusyWatch quiet = new BusyWatch(() -> new BusyWatch.Clocks(0, busy * now, busy * now, 0, 0), 1);
        LatencyBench.Measured measured = new LatencyMeter(predictor, new float[] {3, 4}, settings, () -> now)
                .measure(1, quiet, MadeUp.MACHINE, new float[] {7});
        assertThat(measured.logits()).containsExactly(7);
        return Latency.of(List.of(measured));
    }

    private Latency measure(IntToLongFunction nanosOfBatch) {
        return measure(nanosOfBatch, LatencySettings.of(Duration.ofSeconds(3)));
    }

    private double seconds() {
        return now / 1e9;
    }

    @Test
    void anOrdinaryNetworkTakesThreeSeconds() {
        Latency latency = measure(count -> MICROS * 100 * count);

        assertThat(seconds()).isBetween(3.0, 3.1);
        assertThat(latency.p50Micros()).isCloseTo(100, within(0.1));
        assertThat(latency.p90Micros()).isCloseTo(100, within(0.1));
        assertThat(latency.p99Micros()).isCloseTo(100, within(0.1));
        assertThat(latency.imagesPerSecond64()).isCloseTo(10_000, within(20.0));
        assertThat(latency.imagesPerSecond256()).isCloseTo(10_000, within(20.0));
        assertThat(latency.calls()).isEqualTo(5_000);
        assertThat(latency.unsteady()).isEmpty();
        assertThat(latency.processes()).isEqualTo(1);
        assertThat(latency.p50Range()).isEqualTo(new Interval(latency.p50Micros(), latency.p50Micros()));
        assertThat(latency.busy()).isNull();
        assertThat(latency.machine()).isEqualTo(MadeUp.MACHINE);
    }

    /** Each call takes 1 % longer than the one before, so that no two windows agree: quiet, it takes 3 s a batch size. */
    @Test
    void aBusyMachineIsNotWaitedFor() {
        double[] calls = {0};
        busy = 1;
        IntToLongFunction slower = count -> (long) (10.0 * (double) MILLIS * Math.pow(1.01, calls[0]++));

        Latency latency = measure(slower);

        assertThat(latency.busy()).isEqualTo(new Latency.Busy(Latency.Busy.Cause.OTHERS, 1));
        assertThat(latency.unsteady()).isNotEmpty();
        assertThat(seconds()).isLessThan(6);
        busy = 0;
        calls[0] = 0;
        now = 5;
        measure(slower);
        assertThat(seconds()).isGreaterThan(8);
    }

    @Test
    void oneOf60MillisecondsAnImageTakesUnderTenSecondsAndHasNoLargeBatches() {
        Latency latency = measure(count -> MILLIS * 60 * count);

        // Two engines take 20 s.
        assertThat(seconds()).isLessThan(10);
        assertThat(latency.calls()).isEqualTo(20);
        assertThat(latency.p50Micros()).isCloseTo(60_000, within(60.0));
        assertThat(latency.p90Micros()).isNull();
        assertThat(latency.p99Micros()).isNull();
        assertThat(latency.imagesPerSecond64()).isNull();
        assertThat(latency.imagesPerSecond256()).isNull();
        assertThat(batches).doesNotContain(256);
    }

    @Test
    void aBatchThatFitsIsMeasuredThoughALargerOneDoesNot() {
        Latency latency = measure(count -> MILLIS * 15 * count);

        assertThat(latency.imagesPerSecond64()).isCloseTo(1 / 0.015, within(0.1));
        assertThat(latency.imagesPerSecond256()).isNull();
        assertThat(seconds()).isLessThan(9 + 64 * 0.015);
        // Of 3 s for a batch size, one window of three batches takes 2.9: a second one is measured nevertheless.
        assertThat(latency.unsteady()).isEmpty();
    }

    @Test
    void theCapHoldsForOneThatTakesSecondsAnImage() {
        Latency latency = measure(count -> MILLIS * 5_000 * count);

        assertThat(batches).containsExactly(1, 1);
        assertThat(latency.calls()).isEqualTo(1);
        assertThat(latency.unsteady()).containsExactly(1);
        assertThat(latency.p50Micros()).isCloseTo(5e6, within(5e3));
    }

    @Test
    void warmUpGoesOnUntilTwoWindowsAgreeWithinTwoPercent() {
        LatencySettings settings = new LatencySettings(
                Duration.ofMillis(10), Duration.ofSeconds(60), Duration.ofSeconds(180), 1_000, 1, 1, Integer.MAX_VALUE);
        // After the first call, windows of 1,000 calls of 110, 105, 102 and 101 microseconds: 4.5, 2.9 and 1 % apart.
        long[] micros = {110, 105, 102, 101, 50, 50};
        Latency latency = measure(
                count -> count == 1 ? micros[Math.max(0, batches.size() - 2) / 1_000] * MICROS : MILLIS, settings);

        assertThat(latency.calls()).isEqualTo(1_000);
        assertThat(latency.p50Micros()).isCloseTo(101, within(0.1));
        assertThat(latency.unsteady()).isEmpty();
    }

    @Test
    void whatIsNotSteadyAfterItsTimeIsTold() {
        // Batches of 64 become faster by 3 % with each call of a second; they have 3 s for that, and the others are
        // steady.
        double[] nanosOfSmall = {1e9};
        Latency latency = measure(
                count -> count == 64 ? (long) (nanosOfSmall[0] *= 0.97) : MILLIS * count / 4,
                new LatencySettings(
                        Duration.ofMillis(500),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(60),
                        20,
                        1,
                        1,
                        Integer.MAX_VALUE));

        assertThat(latency.unsteady()).containsExactly(64);
        assertThat(batches.stream().filter(count -> count == 64)).hasSize(1 + 4);
    }

    @Test
    void percentilesAreThoseOfTheLastWindowAndNotOfTheWarmUp() {
        LatencySettings settings = new LatencySettings(
                Duration.ofMillis(1), Duration.ofSeconds(9), Duration.ofSeconds(60), 1_000, 1, 1, Integer.MAX_VALUE);
        // The first window is slow. Of each 1,000 calls that follow, every 20th is slow: 5 %.
        Latency latency = measure(
                count -> batches.size() <= 1_001 ? MILLIS : batches.size() % 20 == 0 ? 500 * MICROS : 50 * MICROS,
                settings);

        assertThat(latency.calls()).isEqualTo(1_000);
        assertThat(latency.p50Micros()).isCloseTo(50, within(0.1));
        assertThat(latency.p90Micros()).isCloseTo(50, within(0.1));
        assertThat(latency.p99Micros()).isCloseTo(500, within(1.0));
        assertThat(latency.longTailed()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"90, 99, false", "90, 100, true", "99, 999, false", "99, 1000, true"})
    void aPercentileNeedsTenCallsAboveIt(int percentile, long calls, boolean carried) {
        assertThat(Latency.carries(percentile, calls)).isEqualTo(carried);
    }

    @Test
    void notANumberIsRefused() {
        answer = Float.NaN;
        assertThatThrownBy(() -> measure(count -> 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the network answers NaN");
    }
}
