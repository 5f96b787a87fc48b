package io.catwalk.runner.trial;

import io.catwalk.onnx.Predictor;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Measures a predictor that nothing else competes with, for no longer than the cap. */
final class LatencyMeter {

    private static final int SMALL_BATCH = 64;
    private static final int LARGE_BATCH = 256;

    /** Share of the heap that the images of a batch may take. */
    private static final int HEAP_SHARE = 8;

    private final Predictor predictor;
    private final float[] image;
    private final LatencySettings settings;
    private final LongSupplier nanoTime;
    private final long end;

    /**
     * Starts the time that the cap allows.
     *
     * @param predictor who answers
     * @param image one normalized image
     * @param settings how long
     * @param nanoTime a clock, in nanoseconds
     */
    LatencyMeter(Predictor predictor, float[] image, LatencySettings settings, LongSupplier nanoTime) {
        this.predictor = predictor;
        this.image = image;
        this.settings = settings;
        this.nanoTime = nanoTime;
        end = nanoTime.getAsLong() + settings.cap().toNanos();
    }

    /**
     * Measures one image, then batches of it.
     *
     * @param threads that the engine was given
     * @param watch looks at what else the machine does
     * @param machine that this runs on
     * @return what was measured
     */
    Latency measure(int threads, BusyWatch watch, Machine machine) {
        Histogram single = timed(image, 1, settings.fewestCalls());
        double median = single.getValueAtPercentile(50);
        Double small = throughput(SMALL_BATCH, median);
        // A batch answers faster for each image, as a rule: the smaller one tells more of the larger one.
        Double large = throughput(LARGE_BATCH, small == null ? median : 1e9 / small);
        return new Latency(
                threads,
                (int) single.getTotalCount(),
                median / 1e3,
                micros(single, 90),
                micros(single, 99),
                small,
                large,
                watch.verdict(),
                machine);
    }

    private static @Nullable Double micros(Histogram calls, double percent) {
        return Latency.carries(percent, calls.getTotalCount())
                ? (Double) (calls.getValueAtPercentile(percent) / 1e3)
                : null;
    }

    /** Returns images a second; null if the time that is left does not carry it, or the memory. */
    private @Nullable Double throughput(int count, double nanosOfOne) {
        long bytes = (long) count * image.length * Float.BYTES;
        if (nanosOfOne * count > left() || bytes > Runtime.getRuntime().maxMemory() / HEAP_SHARE) {
            return null;
        }
        float[] images = new float[count * image.length];
        for (int i = 0; i < count; i++) {
            System.arraycopy(image, 0, images, i * image.length, image.length);
        }
        if (call(images, count) * settings.fewestBatches() > left()) {
            return null;
        }
        Histogram batches = timed(images, count, settings.fewestBatches());
        return batches.getTotalCount() < settings.fewestBatches()
                ? null
                : (Double) (count / (batches.getValueAtPercentile(50) / 1e9));
    }

    /** Times calls after warm-up: one at the least, and no new one after the cap. */
    private Histogram timed(float[] images, int count, int fewest) {
        long start = nanoTime.getAsLong();
        do {
            call(images, count);
        } while (left() > 0 && nanoTime.getAsLong() - start < settings.warmUp().toNanos());
        Histogram calls = new Histogram(3);
        start = nanoTime.getAsLong();
        do {
            calls.recordValue(Math.max(1, call(images, count)));
        } while (left() > 0
                && (calls.getTotalCount() < fewest
                        || nanoTime.getAsLong() - start < settings.measured().toNanos()));
        return calls;
    }

    /** Returns how long an answer takes, in nanoseconds. */
    private long call(float[] images, int count) {
        long before = nanoTime.getAsLong();
        float[] logits = predictor.logits(images, count);
        long after = nanoTime.getAsLong();
        // Reading the answer keeps it from being optimized away; it also shows a broken engine.
        if (Float.isNaN(logits[0])) {
            throw new IllegalStateException("the network answers NaN: " + Arrays.toString(logits));
        }
        return after - before;
    }

    private long left() {
        return end - nanoTime.getAsLong();
    }
}
