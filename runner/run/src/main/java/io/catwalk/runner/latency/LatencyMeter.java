package io.catwalk.runner.latency;

import io.catwalk.onnx.Predictor;
import io.catwalk.runner.evaluation.Interval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Measures a predictor while nothing else competes with it, for no longer than the cap. */
final class LatencyMeter {

    /** Significant digits of a stored time. */
    static final int DIGITS = 3;

    private static final int SMALL_BATCH = 64;
    private static final int LARGE_BATCH = 256;

    /** Share of the heap that the images of a batch may take. */
    private static final int HEAP_SHARE = 8;

    private final Predictor predictor;
    private final float[] image;
    private final LatencySettings settings;
    private final LongSupplier nanoTime;
    private final long end;

    private final List<Integer> unsteady = new ArrayList<>();

    /** Starts the time that the cap allows, to measure with one normalized image. */
    LatencyMeter(Predictor predictor, float[] image, LatencySettings settings, LongSupplier nanoTime) {
        this.predictor = predictor;
        this.image = image;
        this.settings = settings;
        this.nanoTime = nanoTime;
        end = nanoTime.getAsLong() + settings.cap().toNanos();
    }

    /** Measures one image, for which the network gives these logits, then batches of it. */
    LatencyBench.Measured measure(int threads, BusyWatch watch, Machine machine, float[] logits) {
        call(image, 1);
        Histogram single = counted(1, settled(image, 1, settings.fewestCalls(), watch));
        double median = single.getValueAtPercentile(50);
        Double small = throughput(SMALL_BATCH, median, watch);
        // Larger batches usually take less time per image, so the smaller batch predicts the larger one better.
        Double large = throughput(LARGE_BATCH, small == null ? median : 1e9 / small, watch);
        Latency latency = new Latency(
                threads,
                (int) single.getTotalCount(),
                median / 1e3,
                null,
                null,
                small,
                large,
                1,
                new Interval(median / 1e3, median / 1e3),
                null,
                null,
                unsteady,
                watch.busy(),
                machine);
        return LatencyBench.Measured.of(latency, single, logits);
    }

    /** Returns images per second; null if there is not enough time left, or not enough memory. */
    private @Nullable Double throughput(int count, double nanosOfOne, BusyWatch watch) {
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
        Windows batches = settled(images, count, settings.fewestBatches(), watch);
        return batches.last.getTotalCount() < settings.fewestBatches()
                ? null
                : (Double) (count / (counted(count, batches).getValueAtPercentile(50) / 1e9));
    }

    /** Returns the calls that count, and records whether they had become steady. */
    private Histogram counted(int count, Windows windows) {
        if (!windows.steady) {
            unsteady.add(count);
        }
        return windows.last;
    }

    /** Holds the last window of calls, and whether it agrees with the one before. */
    private record Windows(Histogram last, boolean steady) {}

    /**
     * Measures windows of calls until two agree, or the time is over. On a busy machine two are enough: waiting makes
     * its times no steadier, and they are marked as rough anyway.
     */
    private Windows settled(float[] images, int count, int fewest, BusyWatch watch) {
        long start = nanoTime.getAsLong();
        Histogram last = window(images, count, fewest);
        long first = nanoTime.getAsLong();
        boolean steady = false;
        boolean second = true;
        while (!steady
                && first - start <= left()
                && (second || (nanoTime.getAsLong() - start < settings.longest().toNanos() && watch.busy() == null))) {
            Histogram next = window(images, count, fewest);
            steady = agree(last, next);
            last = next;
            second = false;
        }
        return new Windows(last, steady);
    }

    private static boolean agree(Histogram first, Histogram second) {
        double before = first.getValueAtPercentile(50);
        return Math.abs(second.getValueAtPercentile(50) - before) <= LatencySettings.STEADY_WITHIN * before;
    }

    /** Measures at least one call, and starts no further one after the cap. */
    private Histogram window(float[] images, int count, int fewest) {
        Histogram calls = new Histogram(DIGITS);
        long start = nanoTime.getAsLong();
        do {
            calls.recordValue(Math.max(1, call(images, count)));
        } while (left() > 0
                && (calls.getTotalCount() < fewest
                        || nanoTime.getAsLong() - start < settings.window().toNanos()));
        return calls;
    }

    /** Returns how long a call takes, in nanoseconds. */
    private long call(float[] images, int count) {
        long before = nanoTime.getAsLong();
        float[] logits = predictor.logits(images, count);
        long after = nanoTime.getAsLong();
        // Reading the result keeps it from being optimized away; it also shows a broken engine.
        if (Float.isNaN(logits[0])) {
            throw new IllegalStateException("the network answers NaN: " + Arrays.toString(logits));
        }
        return after - before;
    }

    private long left() {
        return end - nanoTime.getAsLong();
    }
}
