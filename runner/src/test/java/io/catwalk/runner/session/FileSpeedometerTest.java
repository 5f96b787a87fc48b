package io.catwalk.runner.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The clock is made up: each look at it is a fixed time later, so that a call takes that long. */
final class FileSpeedometerTest {

    private static final Path MODEL = Path.of("../onnx-models/zoo/fashion-mnist/small-conv.onnx");
    private static final float[] IMAGE = new float[28 * 28];

    private static FileSpeedometer speedometer(SessionGoal goal, Duration call, Duration turn) {
        AtomicLong now = new AtomicLong();
        return FileSpeedometer.of(MODEL, OnnxHints.none(), IMAGE, goal, turn, () -> now.getAndAdd(call.toNanos()));
    }

    @Test
    void latencyIsOfSingleImages() {
        FileSpeedometer speedometer = speedometer(SessionGoal.LATENCY, Duration.ofMillis(2), Duration.ofMillis(20));
        assertThat(speedometer.images()).isEqualTo(1);
        assertThat(speedometer.mostTogether()).isEqualTo(1);
        assertThat(speedometer.imagesPerSecond(OnnxOptions.standard())).isBetween(499.0, 501.0);
    }

    @Test
    void throughputIsOfAsManyImagesAsTheTimeHasRoomFor() {
        FileSpeedometer fast = speedometer(SessionGoal.THROUGHPUT, Duration.ofMillis(1), Duration.ofMillis(100));
        assertThat(fast.images()).isEqualTo(256);
        assertThat(fast.mostTogether()).isEqualTo(256);
        assertThat(fast.imagesPerSecond(OnnxOptions.standard().withBatch(64))).isBetween(255_800.0, 256_200.0);
        FileSpeedometer slow = speedometer(SessionGoal.THROUGHPUT, Duration.ofMillis(50), Duration.ofMillis(100));
        assertThat(slow.images()).isEqualTo(8); // 5 turns have room for 10
        assertThat(speedometer(SessionGoal.THROUGHPUT, Duration.ofSeconds(5), Duration.ofMillis(100))
                        .images())
                .isEqualTo(1);
    }

    /** Only the first of the looks that decide how many images a call has finds the machine busy. */
    @Test
    void aCallThatTheMachineHeldUpDoesNotMakeCallsSmaller() {
        long[] times = {0, 80, 80, 81, 81, 82};
        AtomicInteger looks = new AtomicInteger();
        FileSpeedometer speedometer = FileSpeedometer.of(
                MODEL,
                OnnxHints.none(),
                IMAGE,
                SessionGoal.THROUGHPUT,
                Duration.ofMillis(100),
                () -> times[Math.min(looks.getAndIncrement(), times.length - 1)] * 1_000_000);
        assertThat(speedometer.images()).isEqualTo(256);
    }
}
