package io.catwalk.runner.data;

import io.catwalk.runner.RequestException;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * Holds images and their labels. The arrays are shared and not copied, because a data set fills most of
 * the memory: whoever gets them must not write to them. Two instances are equal only if they share them.
 *
 * @param channels 1 for gray, 3 for red, green, blue; at least 1
 * @param height rows of every image, in pixels; at least 1
 * @param width columns of every image, in pixels; at least 1
 * @param pixels unsigned bytes of shape (images, channels, height, width), row-major
 * @param labels the class of each image, from 0
 */
@SuppressWarnings("ArrayRecordComponent")
public record LabeledImages(int channels, int height, int width, byte[] pixels, int[] labels) {

    /**
     * Checks that the arrays fit each other and that there is an image.
     *
     * @throws IllegalArgumentException if they do not
     */
    public LabeledImages {
        if (channels < 1 || height < 1 || width < 1 || labels.length < 1) {
            throw new IllegalArgumentException(
                    "Expected at least 1 image, channel, row and column, found shape (%d, %d, %d, %d)"
                            .formatted(labels.length, channels, height, width));
        }
        if (pixels.length != (long) labels.length * channels * height * width) {
            throw new IllegalArgumentException("Expected pixels of shape (%d, %d, %d, %d), found %d bytes"
                    .formatted(labels.length, channels, height, width, pixels.length));
        }
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0) {
                throw new IllegalArgumentException("Expected labels from 0, found %d at %d".formatted(labels[i], i));
            }
        }
    }

    /**
     * Returns the number of images.
     *
     * @return at least 1
     */
    public int size() {
        return labels.length;
    }

    /**
     * Returns how many bytes one image takes.
     *
     * @return channels times height times width
     */
    public int imageLength() {
        return channels * height * width;
    }

    /**
     * Counts the images of each class.
     *
     * @param classes the number of classes
     * @return as many counts, which add up to {@link #size}
     * @throws IllegalArgumentException if a label is not below {@code classes}
     */
    public int[] countPerClass(int classes) {
        return Stratification.countPerClass(labels, classes);
    }

    /**
     * Draws a stratified subset: every class keeps its share to within one image. The images stay in
     * their order.
     *
     * @param n how many images to keep; at least 1. All are kept if there are no more than that
     * @param classes the number of classes
     * @param seed the same seed draws the same images
     * @return {@code min(n, size())} images
     * @throws RequestException if {@code n} is below 1
     */
    public LabeledImages limit(int n, int classes, long seed) {
        if (n < 1) {
            throw new RequestException("Limit of images: expected at least 1, found %d".formatted(n));
        }
        if (n >= size()) {
            return this;
        }
        SplittableRandom random = Stratification.random(seed, "limit");
        List<int[]> shuffled = Stratification.shuffledByClass(labels, classes, random);
        return select(Stratification.draw(shuffled, n, 0));
    }

    /**
     * Copies some of the images.
     *
     * @param indices which ones, in the order wanted; at least one
     * @return as many images
     * @throws IndexOutOfBoundsException if there is no such image
     */
    public LabeledImages select(int[] indices) {
        int length = imageLength();
        byte[] some = new byte[Math.multiplyExact(indices.length, length)];
        int[] theirLabels = new int[indices.length];
        for (int i = 0; i < indices.length; i++) {
            int from = Objects.checkIndex(indices[i], labels.length);
            System.arraycopy(pixels, from * length, some, i * length, length);
            theirLabels[i] = labels[from];
        }
        return new LabeledImages(channels, height, width, some, theirLabels);
    }
}
