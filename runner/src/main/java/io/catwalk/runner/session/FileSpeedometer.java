package io.catwalk.runner.session;

import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.Predictor;
import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.runner.trial.Answers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/** Measures the speed of a file in this process, with one call after the other. */
public final class FileSpeedometer implements Speedometer {

    private static final int MOST_IMAGES = 256;

    /** Share of the heap that the images of a call may take. */
    private static final int HEAP_SHARE = 8;

    private static final int CALLS_IN_A_TURN = 3;

    /** The batch of a slow network may take longer than a turn and still be faster than single images. */
    private static final int TURNS_OF_A_CALL = 5;

    private static final int WARM_UP_SHARE = 4;

    private final Path file;
    private final OnnxHints hints;
    private final Duration turn;
    private final boolean batchIsOpen;
    private final int count;
    private final float[] images;
    private final float[] answers;
    private final LongSupplier nanoTime;

    private FileSpeedometer(
            Path file,
            OnnxHints hints,
            Duration turn,
            boolean batchIsOpen,
            int count,
            float[] images,
            float[] answers,
            LongSupplier nanoTime) {
        this.file = file;
        this.hints = hints;
        this.turn = turn;
        this.batchIsOpen = batchIsOpen;
        this.count = count;
        this.images = images;
        this.answers = answers;
        this.nanoTime = nanoTime;
    }

    /**
     * Chooses how many images a call has: one for latency; for throughput as many as time and memory allow, at most
     * 256.
     *
     * @param file an ONNX file
     * @param hints what the file does not say about itself
     * @param image the input, normalized
     * @param goal latency or throughput
     * @param turn length of a turn
     * @param nanoTime a clock, in nanoseconds
     * @return the speedometer
     * @throws OnnxFileException if the file cannot be used
     */
    public static FileSpeedometer of(
            Path file, OnnxHints hints, float[] image, SessionGoal goal, Duration turn, LongSupplier nanoTime) {
        try (OnnxPredictor predictor = OnnxPredictor.open(file, OnnxOptions.standard(), hints)) {
            Signature signature = predictor.signature();
            boolean open = signature.batch() == Signature.ANY_BATCH;
            int batch = open ? 1 : signature.batch();
            int count = batch;
            if (goal == SessionGoal.THROUGHPUT) {
                float[] one = repeated(image, batch);
                predictor.logits(one, batch);
                long call = Long.MAX_VALUE; // the shortest call: a busy machine makes calls longer, never shorter
                for (int i = 0; i < CALLS_IN_A_TURN; i++) {
                    long before = nanoTime.getAsLong();
                    predictor.logits(one, batch);
                    call = Math.min(call, nanoTime.getAsLong() - before);
                }
                count *= batchesInACall(batch, one.length, TURNS_OF_A_CALL * turn.toNanos() / (call + 1));
            }
            float[] images = repeated(image, count);
            float[] answers = predictor.logits(images, count);
            return new FileSpeedometer(file, hints, turn, open, count, images, answers, nanoTime);
        }
    }

    /** Returns a power of 2. */
    private static int batchesInACall(int batch, int numbers, long mostInTime) {
        long mostInMemory = Runtime.getRuntime().maxMemory() / HEAP_SHARE / ((long) numbers * Float.BYTES);
        long most = Math.min(Math.min(MOST_IMAGES / batch, mostInTime), mostInMemory);
        return Integer.highestOneBit((int) Math.max(1, most));
    }

    /** Shifts each copy by a pixel, so that no two are equal. */
    private static float[] repeated(float[] image, int count) {
        float[] images = new float[Math.multiplyExact(image.length, count)];
        for (int i = 0; i < images.length; i++) {
            images[i] = image[(i + i / image.length) % image.length];
        }
        return images;
    }

    /**
     * Returns how many images a call has.
     *
     * @return at least 1
     */
    public int images() {
        return count;
    }

    /**
     * Returns how many images may run together.
     *
     * @return the images of a call; 1 if the file has a fixed batch size
     */
    public int mostTogether() {
        return batchIsOpen ? count : 1;
    }

    @Override
    public double imagesPerSecond(OnnxOptions options) {
        try (OnnxPredictor predictor = OnnxPredictor.open(file, options, hints)) {
            requireSame(predictor.logits(images, count), options);
            timed(predictor, turn.dividedBy(WARM_UP_SHARE));
            return count * 1e9 / timed(predictor, turn).getValueAtPercentile(50);
        }
    }

    private Histogram timed(Predictor predictor, Duration time) {
        Histogram calls = new Histogram(3);
        long start = nanoTime.getAsLong();
        long before = start;
        while (calls.getTotalCount() < CALLS_IN_A_TURN || before - start < time.toNanos()) {
            predictor.logits(images, count);
            long after = nanoTime.getAsLong();
            calls.recordValue(Math.max(1, after - before));
            before = after;
        }
        return calls;
    }

    private void requireSame(float[] found, OnnxOptions options) {
        if (!Answers.same(answers, found)) {
            throw new OnnxFileException(
                    file,
                    "the same answers with " + options,
                    "logits that differ by " + (float) Answers.difference(answers, found) + " of the largest",
                    "leave the options as they are");
        }
    }
}
