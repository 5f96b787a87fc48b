package io.catwalk.onnx.parity;

/** Source of normalized images that are read range by range, so that they need not be in memory all at once. */
@FunctionalInterface
public interface NormalizedImages {

    /**
     * Returns consecutive images.
     *
     * @param from index of the first image, from 0
     * @param to index after the last image
     * @return (to - from, channels, height, width), row-major; the caller may keep it
     */
    float[] range(int from, int to);
}
