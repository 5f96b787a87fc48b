package io.catwalk.onnx;

/** Computes the logits of images, with any engine. Code that evaluates predictions needs only this interface. */
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

    /** Releases the resources of the engine. */
    @Override
    void close();
}
