package io.catwalk.runner.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
final class ProcessMediansTest {

    private static final String BUSY = "other programs took 80 % of the processors";

    private static List<LatencyBench.Measured> measured(double... micros) {
        return DoubleStream.of(micros)
                .mapToObj(one -> MadeUp.measured(one, null, new float[0]))
                .toList();
    }

    private static LatencyBench.Measured batches(@Nullable Double small, List<Integer> unsteady) {
        Histogram calls = new Histogram(3);
        calls.recordValue(1);
        return LatencyBench.Measured.of(
                new Latency(1, 1, 1, null, null, small, null, 1, null, null, null, unsteady, null, MadeUp.MACHINE),
                calls,
                new float[0]);
    }

    @Test
    void theMedianIsThatOfTheProcessesAndTheOuterPercentilesAreThoseOfAllCalls() {
        Latency latency = ProcessMedians.of(measured(50, 90, 52, 51, 48));

        assertThat(latency.p50Micros()).isEqualTo(51);
        assertThat(latency.p50Range()).isEqualTo(new Range(48, 90));
        assertThat(latency.processes()).isEqualTo(5);
        assertThat(latency.calls()).isEqualTo(100);
        assertThat(ProcessMedians.of(measured(50, 52)).p50Micros()).isEqualTo(51);
        // 100 calls are enough for p90, but not for p99. A fifth of them, all of one process, took 90 microseconds.
        assertThat(latency.p90Micros()).isCloseTo(90, within(0.1));
        assertThat(latency.p99Micros()).isNull();
        assertThat(ProcessMedians.of(measured(50, 90, 52, 51)).p90Micros()).isNull();
    }

    @Test
    void whatWasMeasuredOnABusyMachineIsLeftOutIfMostWasNot() {
        List<LatencyBench.Measured> measured = new ArrayList<>(measured(50, 52, 51));
        measured.add(MadeUp.measured(400, BUSY, new float[0]));
        measured.add(MadeUp.measured(500, BUSY, new float[0]));

        Latency quiet = ProcessMedians.of(measured);
        assertThat(quiet.busy()).isNull();
        assertThat(quiet.processes()).isEqualTo(3);
        assertThat(quiet.p50Range()).isEqualTo(new Range(50, 52));

        Latency busy = ProcessMedians.of(measured.subList(1, 5));
        assertThat(busy.busy()).isEqualTo(BUSY);
        assertThat(busy.processes()).isEqualTo(4);
        assertThat(busy.p50Range()).isEqualTo(new Range(51, 500));
    }

    @Test
    void aBatchSizeIsUnsteadyIfItWasInHalfOfTheProcesses() {
        Latency latency = ProcessMedians.of(Stream.of(List.of(1, 64), List.of(64), List.of(1, 256), List.of(1))
                .map(unsteady -> batches(1.0, unsteady))
                .toList());

        assertThat(latency.unsteady()).containsExactly(1, 64);
        assertThat(latency.steady()).isFalse();
    }

    @Test
    void aThroughputNeedsMostProcesses() {
        Latency two = ProcessMedians.of(
                List.of(batches(300.0, List.of()), batches(null, List.of()), batches(100.0, List.of())));
        assertThat(two.imagesPerSecond64()).isEqualTo(200);
        assertThat(two.imagesPerSecond64Range()).isEqualTo(new Range(100, 300));
        assertThat(two.imagesPerSecond256()).isNull();
        assertThat(two.imagesPerSecond256Range()).isNull();

        Latency one = ProcessMedians.of(List.of(batches(300.0, List.of()), batches(null, List.of())));
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
