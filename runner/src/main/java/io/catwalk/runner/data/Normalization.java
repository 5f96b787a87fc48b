package io.catwalk.runner.data;

import java.util.Objects;

/**
 * Scales every channel to mean 0 and standard deviation 1. The unit is a pixel divided by 255. The arrays
 * are not copied: callers must not write to them.
 *
 * @param mean one finite number per channel
 * @param std one finite number above 0 per channel
 */
@SuppressWarnings("ArrayRecordComponent")
public record Normalization(float[] mean, float[] std) {

    private static final int VALUES = 256;
    private static final double WHITE = 255;

    /** Checks the numbers. */
    public Normalization {
        if (mean.length < 1 || mean.length != std.length) {
            throw new IllegalArgumentException("Normalization: expected as many means as deviations, found %d and %d"
                    .formatted(mean.length, std.length));
        }
        for (int c = 0; c < mean.length; c++) {
            if (!Float.isFinite(mean[c]) || !Float.isFinite(std[c]) || std[c] <= 0) {
                throw new IllegalArgumentException(
                        "Normalization: expected a finite mean and a finite deviation above 0, found %s and %s in channel %d"
                                .formatted(mean[c], std[c], c));
            }
        }
    }

    /**
     * Computes mean and (population) standard deviation over all pixels of the given images, exactly, from
     * sums that are kept beside each image.
     *
     * @param indices which images to use, usually {@link Split#train}; at least one
     * @return the two numbers for each channel; a channel that is constant gets the deviation 1
     */
    public static Normalization of(ImageSource images, int[] indices) {
        if (indices.length == 0) {
            throw new IllegalArgumentException("Normalization: expected at least 1 image, found none");
        }
        long[] totals = new long[2 * images.channels()];
        for (int index : indices) {
            long[] sums = images.sums(index);
            for (int i = 0; i < totals.length; i++) {
                totals[i] += sums[i];
            }
        }
        int plane = images.height() * images.width();
        float[] mean = new float[images.channels()];
        float[] std = new float[images.channels()];
        for (int c = 0; c < images.channels(); c++) {
            double sum = totals[2 * c];
            double squares = totals[2 * c + 1];
            double n = (double) indices.length * plane;
            double variance = (squares - sum * sum / n) / n;
            mean[c] = (float) (sum / n / WHITE);
            // Values are whole numbers: a variance below this is rounding, not a second value.
            std[c] = variance < 1e-9 ? 1 : (float) (Math.sqrt(variance) / WHITE);
        }
        return new Normalization(mean, std);
    }

    /**
     * Returns what each value of a pixel becomes: {@code (pixel / 255 - mean) / std}, each step rounded to a
     * float as tensor operations do.
     */
    public float[][] table() {
        float[][] table = new float[mean.length][VALUES];
        for (int c = 0; c < mean.length; c++) {
            for (int value = 0; value < VALUES; value++) {
                table[c][value] = (value / (float) WHITE - mean[c]) / std[c];
            }
        }
        return table;
    }

    /**
     * Normalizes consecutive images by {@link #table}.
     *
     * @param images what to normalize; as many channels as this has
     * @return shape (to - from, channels, height, width), row-major
     */
    public float[] normalized(ImageSource images, int from, int to) {
        if (images.channels() != mean.length) {
            throw new IllegalArgumentException("Normalization: expected images of %d channels, found %d"
                    .formatted(mean.length, images.channels()));
        }
        Objects.checkFromToIndex(from, to, images.size());
        float[][] table = table();
        int plane = images.height() * images.width();
        byte[] pixels = new byte[images.imageLength()];
        float[] result = new float[Math.multiplyExact(to - from, pixels.length)];
        for (int image = from; image < to; image++) {
            images.read(image, pixels, 0);
            int at = (image - from) * pixels.length;
            for (int p = 0; p < pixels.length; p++) {
                result[at + p] = table[p / plane][Byte.toUnsignedInt(pixels[p])];
            }
        }
        return result;
    }
}
