package io.catwalk.runner.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.Json;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.MadeUp;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("tiny")
final class LatencyTest {

    @TempDir
    private Path folder;

    private static Latency latency(
            double micros,
            Interval range,
            @Nullable Double large,
            @Nullable Interval largeRange,
            Latency.@Nullable Busy busy) {
        return new Latency(
                1, 5_000, micros, null, null, null, large, 5, range, null, largeRange, List.of(), busy, MadeUp.MACHINE);
    }

    private static Latency tail(@Nullable Double p99) {
        return MadeUp.latency(1, 5_000, 100, 110.0, p99, null, null, null, MadeUp.MACHINE);
    }

    @Test
    void whatIsWrittenIsReadAgain() throws Exception {
        Latency latency = latency(100, new Interval(98, 107), 9_000.0, new Interval(8_900, 9_100), null);
        Path file = Files.writeString(folder.resolve("latency.json"), Json.JSON.writeValueAsString(latency));

        assertThat(Json.read(file, Latency.class, "a latency")).isEqualTo(latency);
        assertThat(Json.flat(latency))
                .containsEntry("p50_range.low", "98.0")
                .containsEntry("p50_range.high", "107.0")
                .containsEntry("processes", "5")
                .containsEntry("unsteady", "");
    }

    @Test
    void fiveTimesTheMedianIsALongTail() {
        assertThat(Stream.of(tail(null), tail(500.0), tail(501.0)).map(Latency::longTailed))
                .containsExactly(false, false, true);
    }

    @Test
    void speedUpsAreThoseOfTheBatchSizesThatBothWereMeasuredAt() {
        Efficiency efficiency = MadeUp.efficiency(
                latency(400, new Interval(380, 420), 10_000.0, new Interval(9_500, 10_100), null),
                latency(100, new Interval(95, 105), 7_900.0, new Interval(7_800, 9_000), null));

        assertThat(efficiency.speedUps()).containsOnlyKeys(1, 256);
        assertThat(efficiency.speedUps().get(1)).isCloseTo(4, within(1e-9));
        assertThat(efficiency.speedUps().get(256)).isCloseTo(0.79, within(1e-9));
    }

    @Test
    void aBusyMachineGivesNoSpeedUps() {
        Latency quiet = latency(100, new Interval(100, 100), null, null, null);
        Latency busy = latency(100, new Interval(100, 100), null, null, MadeUp.BUSY);

        assertThat(MadeUp.efficiency(quiet, quiet).speedUps()).containsOnlyKeys(1);
        assertThat(MadeUp.efficiency(quiet, busy).speedUps()).isEmpty();
        assertThat(MadeUp.efficiency(busy, quiet).speedUps()).isEmpty();
        assertThat(MadeUp.efficiency(quiet, null).speedUps()).isEmpty();
    }

    private static List<LatencyBench.Measured> measured(double... micros) {
        return DoubleStream.of(micros)
                .mapToObj(one -> MadeUp.measured(one, null, new float[0]))
                .toList();
    }

    private static LatencyBench.Measured batches(@Nullable Double small, List<Integer> unsteady) {
        Histogram calls = new Histogram(3);
        calls.recordValue(1);
        return LatencyBench.Measured.of(
                new Latency(
                        1,
                        1,
                        1,
                        null,
                        null,
                        small,
                        null,
                        1,
                        new Interval(1, 1),
                        null,
                        null,
                        unsteady,
                        null,
                        MadeUp.MACHINE),
                calls,
                new float[0]);
    }

    @Test
    void theMedianIsThatOfTheProcessesAndTheOuterPercentilesAreThoseOfAllCalls() {
        Latency latency = Latency.of(measured(50, 90, 52, 51, 48));

        assertThat(latency.p50Micros()).isEqualTo(51);
        assertThat(latency.p50Range()).isEqualTo(new Interval(48, 90));
        assertThat(latency.processes()).isEqualTo(5);
        assertThat(latency.calls()).isEqualTo(100);
        assertThat(Latency.of(measured(50, 52)).p50Micros()).isEqualTo(51);
        // 100 calls are enough for p90, but not for p99. A fifth of them, all of one process, took 90 microseconds.
        assertThat(latency.p90Micros()).isCloseTo(90, within(0.1));
        assertThat(latency.p99Micros()).isNull();
        assertThat(Latency.of(measured(50, 90, 52, 51)).p90Micros()).isNull();
    }

    @Test
    void whatWasMeasuredOnABusyMachineIsLeftOutIfMostWasNot() {
        List<LatencyBench.Measured> measured = new ArrayList<>(measured(50, 52, 51));
        measured.add(MadeUp.measured(400, MadeUp.BUSY, new float[0]));
        measured.add(MadeUp.measured(500, MadeUp.BUSY, new float[0]));

        Latency quiet = Latency.of(measured);
        assertThat(quiet.busy()).isNull();
        assertThat(quiet.processes()).isEqualTo(3);
        assertThat(quiet.p50Range()).isEqualTo(new Interval(50, 52));

        Latency busy = Latency.of(measured.subList(1, 5));
        assertThat(busy.busy()).isEqualTo(MadeUp.BUSY);
        assertThat(busy.processes()).isEqualTo(4);
        assertThat(busy.p50Range()).isEqualTo(new Interval(51, 500));
    }

    @Test
    void aBatchSizeIsUnsteadyIfItWasInHalfOfTheProcesses() {
        Latency latency = Latency.of(Stream.of(List.of(1, 64), List.of(64), List.of(1, 256), List.of(1))
                .map(unsteady -> batches(1.0, unsteady))
                .toList());

        assertThat(latency.unsteady()).containsExactly(1, 64);
    }

    @Test
    void aThroughputNeedsMostProcesses() {
        Latency two =
                Latency.of(List.of(batches(300.0, List.of()), batches(null, List.of()), batches(100.0, List.of())));
        assertThat(two.imagesPerSecond64()).isEqualTo(200);
        assertThat(two.imagesPerSecond64Range()).isEqualTo(new Interval(100, 300));
        assertThat(two.imagesPerSecond256()).isNull();
        assertThat(two.imagesPerSecond256Range()).isNull();

        Latency one = Latency.of(List.of(batches(300.0, List.of()), batches(null, List.of())));
        assertThat(one.imagesPerSecond64()).isNull();
    }

    @Test
    void theCallsComeThroughThePipeOfAProcess() {
        LatencyBench.Measured measured = MadeUp.measured(50, null, new float[] {1, 2});

        String line = Json.LINE.writeValueAsString(measured);
        LatencyBench.Measured read = Json.LINE.readValue(line, LatencyBench.Measured.class);

        assertThat(read.histogram()).isEqualTo(measured.histogram());
        assertThat(read.histogram().getTotalCount()).isEqualTo(20);
        assertThat(read.logits()).containsExactly(1, 2);
    }
}
