package io.catwalk.onnx.parity;

import io.catwalk.onnx.Predictor;

/** Runs a predictor on many images, in batches. */
final class Batches {

    private Batches() {}

    /**
     * Returns the logits of the first {@code count} images; the last batch may be smaller.
     *
     * @throws IllegalArgumentException if there is no image
     */
    static float[] logits(Predictor predictor, NormalizedImages images, int count, int batch) {
        if (count < 1) {
            throw new IllegalArgumentException("expected at least 1 image to compare, found " + count);
        }
        float[] all = new float[0];
        int classes = 0;
        for (int first = 0; first < count; first += batch) {
            int last = Math.min(first + batch, count);
            float[] logits = predictor.logits(images.range(first, last), last - first);
            if (first == 0) {
                classes = logits.length / last;
                all = new float[count * classes];
            }
            System.arraycopy(logits, 0, all, first * classes, (last - first) * classes);
        }
        return all;
    }
}
