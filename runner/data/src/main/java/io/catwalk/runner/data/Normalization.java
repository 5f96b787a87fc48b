package io.catwalk.runner.data;

import java.util.List;
import java.util.stream.IntStream;

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

    /** Returns a normalization whose numbers stand in a file as decimals. */
    public static Normalization of(List<Double> mean, List<Double> std) {
        return new Normalization(floats(mean), floats(std));
    }

    private static float[] floats(List<Double> numbers) {
        float[] floats = new float[numbers.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = numbers.get(i).floatValue();
        }
        return floats;
    }

    /** Returns numbers of this, such as {@link #mean}, as a file holds them. */
    public static List<Double> doubles(float[] numbers) {
        return IntStream.range(0, numbers.length)
                .mapToObj(i -> (double) numbers[i])
                .toList();
    }

    /**
     * Returns what each value of a pixel, 0 to 255, becomes in each channel: {@code (pixel / 255 - mean) / std}, each
     * step rounded to a float as tensor operations do.
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

    /** Normalizes consecutive images: (to - from, channels, height, width), row-major. */
    public float[] normalized(ImageSource images, int from, int to) {
        if (images.channels() != mean.length) {
            throw new IllegalArgumentException("Normalization: expected images of %d channels, found %d"
                    .formatted(mean.length, images.channels()));
        }
        return normalized(images.read(from, to), to - from);
    }

    /** Normalizes the pixels of images: (images, channels, height, width), row-major. */
    public float[] normalized(byte[] pixels, int images) {
        if (pixels.length == 0 || pixels.length % (images * mean.length) != 0) {
            throw new IllegalArgumentException("Normalization: expected %d images of %d channels, found %d pixels"
                    .formatted(images, mean.length, pixels.length));
        }
        float[][] table = table();
        int plane = pixels.length / images / mean.length;
        float[] result = new float[pixels.length];
        for (int start = 0; start < pixels.length; start += plane) {
            float[] ofChannel = table[start / plane % mean.length];
            for (int i = start; i < start + plane; i++) {
                result[i] = ofChannel[pixels[i] & 0xff];
            }
        }
        return result;
    }
}
