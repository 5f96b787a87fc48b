package io.catwalk.runner.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("tiny")
final class LatencyTest {

    @TempDir
    private Path folder;

    private static Latency latency(
            double micros, Range range, @Nullable Double large, @Nullable Range largeRange, @Nullable String busy) {
        return new Latency(
                1, 5_000, micros, null, null, null, large, 5, range, null, largeRange, List.of(), busy, MadeUp.MACHINE);
    }

    private static Latency tail(@Nullable Double p99) {
        return new Latency(1, 5_000, 100, 110.0, p99, null, null, null, MadeUp.MACHINE);
    }

    @Test
    void whatWasRecordedBeforeThereWereRangesIsRead() throws Exception {
        Path file = Files.writeString(folder.resolve("latency.json"), """
                {"threads": 1, "calls": 772, "p50_micros": 1009.1, "p90_micros": 1055.2, "p99_micros": null,
                 "images_per_second64": 1287.4, "images_per_second256": 1235.0, "busy": null,
                 "machine": {"os": "Linux 6.1", "architecture": "amd64", "processor": "AMD EPYC", "cores": 2,
                  "memory_bytes": 17179869184}}
                """);

        Latency latency = Json.read(file, Latency.class, "a latency");

        assertThat(latency.p50Micros()).isEqualTo(1009.1);
        assertThat(latency.imagesPerSecond(64)).isEqualTo(1287.4);
        assertThat(latency)
                .extracting(Latency::processes, Latency::p50Range, Latency::steady)
                .containsOnlyNulls();
    }

    @Test
    void whatIsWrittenIsReadAgain() throws Exception {
        Latency latency = latency(100, new Range(98, 107), 9_000.0, new Range(8_900, 9_100), null);
        Path file = Files.writeString(folder.resolve("latency.json"), Json.JSON.writeValueAsString(latency));

        assertThat(Json.read(file, Latency.class, "a latency")).isEqualTo(latency);
        assertThat(Json.flat(latency))
                .containsEntry("p50_range.low", "98.0")
                .containsEntry("p50_range.high", "107.0")
                .containsEntry("processes", "5")
                .containsEntry("unsteady", "")
                .doesNotContainKey("steady");
    }

    @Test
    void fiveTimesTheMedianIsALongTail() {
        assertThat(Stream.of(tail(null), tail(500.0), tail(501.0)).map(Latency::longTailed))
                .containsExactly(false, false, true);
    }

    @Test
    void speedUpsAreThoseOfTheBatchSizesThatBothWereMeasuredAt() {
        Efficiency efficiency = MadeUp.efficiency(
                latency(400, new Range(380, 420), 10_000.0, new Range(9_500, 10_100), null),
                latency(100, new Range(95, 105), 7_900.0, new Range(7_800, 9_000), null));

        assertThat(efficiency.speedUps()).containsOnlyKeys(1, 256);
        assertThat(efficiency.speedUps().get(1)).isCloseTo(4, within(1e-9));
        assertThat(efficiency.speedUps().get(256)).isCloseTo(0.79, within(1e-9));
    }

    @Test
    void aBusyMachineGivesNoSpeedUps() {
        Latency quiet = latency(100, new Range(100, 100), null, null, null);
        Latency busy = latency(100, new Range(100, 100), null, null, "other programs took 80 % of the processors");

        assertThat(MadeUp.efficiency(quiet, quiet).speedUps()).containsOnlyKeys(1);
        assertThat(MadeUp.efficiency(quiet, busy).speedUps()).isEmpty();
        assertThat(MadeUp.efficiency(busy, quiet).speedUps()).isEmpty();
        assertThat(MadeUp.efficiency(quiet, null).speedUps()).isEmpty();
    }
}
