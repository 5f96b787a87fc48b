package io.catwalk.onnx;

/**
 * Answers images with logits, whatever engine stands behind it. Who judges answers needs to know no
 * more than this.
 */
public interface Predictor extends AutoCloseable {

    /**
     * Computes the logits of some images.
     *
     * @param images normalized pixels, (count, channels, height, width), row-major
     * @param count number of images; at least 1
     * @return logits, (count, classes), row-major
     * @throws IllegalArgumentException if {@code images} does not hold {@code count} images
     */
    float[] logits(float[] images, int count);

    /** Frees what the engine holds. */
    @Override
    void close();
}
