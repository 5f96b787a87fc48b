package io.catwalk.onnx.parity;

import java.util.Arrays;

/** Gives normalized images range by range, so that nobody needs to hold all of them. */
@FunctionalInterface
public interface NormalizedImages {

    /**
     * Gives images that follow each other.
     *
     * @param from index of the first, from 0
     * @param to index behind the last
     * @return (to - from, channels, height, width), row-major; the caller may keep it
     */
    float[] range(int from, int to);

    /**
     * Gives images out of one array.
     *
     * @param images (count, channels, height, width), row-major; not copied
     * @param count number of images; at least 1
     * @return the same images
     * @throws IllegalArgumentException if the array does not hold so many
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
