package io.catwalk.onnx.parity;

import java.util.Arrays;

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

    /**
     * Returns a source of the images in one array.
     *
     * @param images (count, channels, height, width), row-major; not copied
     * @param count number of images; at least 1
     * @return source of these images
     * @throws IllegalArgumentException if the array does not hold {@code count} images
     */
    static NormalizedImages of(float[] images, int count) {
        if (count < 1 || images.length % count != 0) {
            throw new IllegalArgumentException(
                    "expected " + count + " image(s), at least 1, found " + images.length + " numbers");
        }
        int size = images.length / count;
        return (from, to) -> Arrays.copyOfRange(images, from * size, to * size);
    }
}
