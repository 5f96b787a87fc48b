package io.catwalk.runner.trial;

import java.util.Collections;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Holds how many times as fast ONNX Runtime is as DJL + PyTorch, at one batch size.
 *
 * @param times ratio of the two figures: above 1 where ONNX Runtime is faster, below 1 where it is slower
 * @param low the lowest ratio of the processes: the slowest one of ONNX Runtime against the fastest one of PyTorch;
 *     {@code times} if ranges are not known
 * @param high the highest ratio, likewise
 */
public record SpeedUp(double times, double low, double high) {

    /**
     * Compares the measurements on both engines.
     *
     * @param pytorch latency on DJL + PyTorch; null if not measured
     * @param onnxruntime latency on ONNX Runtime; null if not measured
     * @return by batch size, of 1, 64 and 256; without those that were not measured on both, empty if one of the two
     *     was measured on a busy machine
     */
    public static SortedMap<Integer, SpeedUp> of(@Nullable Latency pytorch, @Nullable Latency onnxruntime) {
        SortedMap<Integer, SpeedUp> speedUps = new TreeMap<>();
        if (pytorch != null && onnxruntime != null && pytorch.busy() == null && onnxruntime.busy() == null) {
            for (int batch : Latency.BATCH_SIZES) {
                Double before = pytorch.imagesPerSecond(batch);
                Double after = onnxruntime.imagesPerSecond(batch);
                if (before != null && after != null) {
                    Range slow = range(pytorch, batch, before);
                    Range fast = range(onnxruntime, batch, after);
                    speedUps.put(
                            batch, new SpeedUp(after / before, fast.low() / slow.high(), fast.high() / slow.low()));
                }
            }
        }
        return Collections.unmodifiableSortedMap(speedUps);
    }

    private static Range range(Latency latency, int batch, double figure) {
        return Objects.requireNonNullElse(latency.imagesPerSecondRange(batch), new Range(figure, figure));
    }

    /**
     * Tells whether ONNX Runtime is slower, by more than a steady figure may change.
     *
     * @return whether even the highest ratio is below 0.98
     */
    public boolean slower() {
        return high < 1 - LatencySettings.STEADY_WITHIN;
    }
}
