package io.catwalk.onnx.runtime;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Converts pixels from 0 to 255 to the input that a network was trained on: {@code (pixel / 255 - mean) / std}, each step
 * rounded to a float as tensor operations do. Training, prediction, proof and the graphs of exported files give the same
 * bits. The arrays are not copied: callers must not write to them.
 *
 * @param mean one finite number per channel
 * @param std one finite number above 0 per channel
 */
@SuppressWarnings("ArrayRecordComponent")
public record Normalization(float[] mean, float[] std) {

    private static final int VALUES = 256;
    private static final float WHITE = 255;

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

    /** {@return the normalization with the floats that are nearest to the decimals of a file} */
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

    /** {@return numbers of this, such as {@link #mean}, as a file holds them} */
    public static List<Double> doubles(float[] numbers) {
        return IntStream.range(0, numbers.length)
                .mapToObj(i -> (double) numbers[i])
                .toList();
    }

    /** {@return what each value of a pixel, 0 to 255, becomes in each channel: a new array, (channels, 256)} */
    public float[][] table() {
        float[][] table = new float[mean.length][VALUES];
        for (int c = 0; c < mean.length; c++) {
            for (int value = 0; value < VALUES; value++) {
                table[c][value] = (value / WHITE - mean[c]) / std[c];
            }
        }
        return table;
    }

    /**
     * Normalizes the pixels of images.
     *
     * @param pixels unsigned, (images, channels, height, width), row-major
     * @param images number of images; at least 1
     * @return the input of the network, in the same order
     * @throws IllegalArgumentException if {@code pixels} does not hold {@code images} images
     */
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
