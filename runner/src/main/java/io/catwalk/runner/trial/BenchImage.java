package io.catwalk.runner.trial;

import io.catwalk.runner.data.Normalization;
import java.util.SplittableRandom;

/**
 * Holds the one image that networks are measured with: the same for every engine. The pixels are not copied.
 *
 * @param pixels unsigned bytes, (channels, height, width), row-major
 * @param normalization that the network expects
 */
@SuppressWarnings("ArrayRecordComponent")
public record BenchImage(byte[] pixels, Normalization normalization) {

    /**
     * Makes an image up, for a file of which no test image is known.
     *
     * @param imageSize number of its pixels, over all channels
     * @param normalization that the network expects
     * @return the same noise each time
     */
    public static BenchImage noise(int imageSize, Normalization normalization) {
        byte[] pixels = new byte[imageSize];
        new SplittableRandom(0).nextBytes(pixels);
        return new BenchImage(pixels, normalization);
    }

    /** Returns what the network sees. */
    float[] normalized() {
        float[][] table = normalization.table();
        int plane = pixels.length / table.length;
        float[] values = new float[pixels.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = table[i / plane][Byte.toUnsignedInt(pixels[i])];
        }
        return values;
    }
}
