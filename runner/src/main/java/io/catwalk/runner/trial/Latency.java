package io.catwalk.runner.trial;

import io.catwalk.onnx.Predictor;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/**
 * Tells how fast a predictor answers, after warm-up.
 *
 * @param threads of the engine
 * @param p50Micros median time of one image, in microseconds
 * @param p90Micros time of one image that nine of ten stay under, in microseconds
 * @param p99Micros time of one image that 99 of 100 stay under, in microseconds
 * @param imagesPerSecond64 throughput in batches of 64, from the median batch
 * @param imagesPerSecond256 throughput in batches of 256, from the median batch
 */
public record Latency(
        int threads,
        double p50Micros,
        double p90Micros,
        double p99Micros,
        double imagesPerSecond64,
        double imagesPerSecond256) {

    private static final long WARM_UP_NANOS = 300_000_000;
    private static final long MEASURED_NANOS = 700_000_000;
    private static final int FEWEST_CALLS = 20;

    /**
     * Measures a predictor that nothing else competes with.
     *
     * @param predictor who answers
     * @param image one normalized image
     * @param threads that its engine was given
     * @param nanoTime a clock, in nanoseconds
     * @return what was measured
     */
    public static Latency of(Predictor predictor, float[] image, int threads, LongSupplier nanoTime) {
        Histogram single = timed(predictor, image, 1, nanoTime);
        Histogram batch64 = timed(predictor, image, 64, nanoTime);
        Histogram batch256 = timed(predictor, image, 256, nanoTime);
        return new Latency(
                threads,
                single.getValueAtPercentile(50) / 1e3,
                single.getValueAtPercentile(90) / 1e3,
                single.getValueAtPercentile(99) / 1e3,
                64 / (batch64.getValueAtPercentile(50) / 1e9),
                256 / (batch256.getValueAtPercentile(50) / 1e9));
    }

    private static Histogram timed(Predictor predictor, float[] image, int count, LongSupplier nanoTime) {
        float[] images = new float[count * image.length];
        for (int i = 0; i < count; i++) {
            System.arraycopy(image, 0, images, i * image.length, image.length);
        }
        record(predictor, images, count, nanoTime, WARM_UP_NANOS);
        return record(predictor, images, count, nanoTime, MEASURED_NANOS);
    }

    private static Histogram record(Predictor predictor, float[] images, int count, LongSupplier nanoTime, long nanos) {
        Histogram histogram = new Histogram(3);
        long start = nanoTime.getAsLong();
        long before = start;
        while (before - start < nanos || histogram.getTotalCount() < FEWEST_CALLS) {
            float[] logits = predictor.logits(images, count);
            long after = nanoTime.getAsLong();
            histogram.recordValue(Math.max(1, after - before));
            // Reading the answer keeps it from being optimized away; it also shows a broken engine.
            if (Float.isNaN(logits[0])) {
                throw new IllegalStateException("the network answers NaN: " + Arrays.toString(logits));
            }
            before = nanoTime.getAsLong();
        }
        return histogram;
    }
}
