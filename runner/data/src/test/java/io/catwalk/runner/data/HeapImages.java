package io.catwalk.runner.data;

import io.catwalk.runner.data.CachedImages.ImageRecords;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Provides the few images of a test, from an array. */
public final class HeapImages {

    private HeapImages() {}

    /**
     * Makes images from pixels and labels.
     *
     * @param pixels unsigned bytes of shape (images, channels, height, width), row-major
     * @param labels the class of each image, from 0
     * @return as many images as labels
     */
    public static ImageSource of(int channels, int height, int width, byte[] pixels, int[] labels) {
        int length = channels * height * width;
        int count = pixels.length / length;
        ImageRecords records = new ImageRecords(length, count, count, ByteBuffer.wrap(pixels));
        ByteBuffer sums = ByteBuffer.allocate(count * CachedImages.sumsLength(channels));
        for (int from = 0; from < pixels.length; from += length) {
            sums.put(CachedImages.sums(Arrays.copyOfRange(pixels, from, from + length), channels));
        }
        return new ImageSource(
                new ImageSource.Stored(
                        channels,
                        height,
                        width,
                        records,
                        new ImageRecords(CachedImages.sumsLength(channels), count, count, sums)),
                IntStream.range(0, labels.length).toArray(),
                labels);
    }

    /** Declares images the whole set, each in a file of its own. */
    public static ImageSource named(ImageSource images, List<String> files) {
        return images.whole(files);
    }

    /** Returns the pixels of all images, (images, channels, height, width), row-major. */
    public static byte[] pixels(ImageSource images) {
        return images.read(0, images.size());
    }
}
