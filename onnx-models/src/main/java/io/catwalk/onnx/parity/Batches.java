package io.catwalk.onnx.parity;

import io.catwalk.onnx.Predictor;
import java.util.Arrays;

/** Asks a predictor about many images, some at a time. */
final class Batches {

    private Batches() {}

    /** Returns the logits of the first {@code count} images; the last batch may be smaller. */
    static float[] logits(Predictor predictor, float[] images, int count, int batch) {
        if (count < 1 || images.length % count != 0) {
            throw new IllegalArgumentException(
                    "expected " + count + " image(s), at least 1, found " + images.length + " numbers");
        }
        return logits(predictor, images, images.length / count, count, batch);
    }

    /** Returns the logits of the first {@code count} images of {@code size} numbers each. */
    static float[] logits(Predictor predictor, float[] images, int size, int count, int batch) {
        float[] all = new float[0];
        int classes = 0;
        for (int first = 0; first < count; first += batch) {
            int last = Math.min(first + batch, count);
            float[] logits = predictor.logits(Arrays.copyOfRange(images, first * size, last * size), last - first);
            if (first == 0) {
                classes = logits.length / last;
                all = new float[count * classes];
            }
            System.arraycopy(logits, 0, all, first * classes, (last - first) * classes);
        }
        return all;
    }
}
