package io.catwalk.runner.evaluation;

import io.catwalk.runner.data.ImageSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * What is reached on the same test images without a network, as {@code baselines.json} keeps it. A network that is not
 * above it has learned nothing, however high its accuracy.
 *
 * @param trainImages number of training images that were searched for the nearest
 * @param askedImages number of test images whose nearest was searched for: all, or as many evenly spaced ones
 * @param largestClass number of the class with the most training images
 * @param largestRight number of test images of that class
 * @param nearestRight which of the asked images have the class of the training image that is nearest, pixel by pixel,
 *     when all are shrunk to {@value #SIDE} pixels or fewer a side: bits in base64, the first image the lowest bit
 */
public record Baselines(
        int trainImages, int testImages, int askedImages, int largestClass, int largestRight, String nearestRight) {

    private static final int SIDE = 8;

    /** The most images of each set, evenly spaced; the search then takes some seconds. */
    private static final int MOST_TRAIN = 50_000;

    private static final int MOST_TEST = 10_000;

    /** Number of training images whose distances fit into the processor's first-level cache. */
    private static final int BLOCK = 4_096;

    /**
     * Computes both.
     *
     * @param learned indices of the images that are trained on; at least one
     */
    public static Baselines of(ImageSource train, int[] learned, ImageSource test, int classes) {
        int[] counts = new int[classes];
        for (int index : learned) {
            counts[train.labels()[index]]++;
        }
        int largest = IntStream.range(0, classes).reduce(0, (a, b) -> counts[b] > counts[a] ? b : a);
        int named = (int)
                IntStream.of(test.labels()).filter(label -> label == largest).count();
        int[] known = ImageSource.evenlySpaced(learned, MOST_TRAIN);
        int[] asked = ImageSource.evenlySpaced(test.size(), MOST_TEST);
        float[][] columns = columns(train, known);
        boolean[] right = new boolean[asked.length];
        IntStream.range(0, asked.length)
                .parallel()
                .forEach(i -> right[i] =
                        test.labels()[asked[i]] == train.labels()[known[nearest(columns, shrunk(test, asked[i]))]]);
        return new Baselines(known.length, test.size(), asked.length, largest, named, bits(right));
    }

    private static String bits(boolean[] values) {
        BitSet bits = new BitSet(values.length);
        IntStream.range(0, values.length).filter(i -> values[i]).forEach(bits::set);
        return Base64.getEncoder().encodeToString(bits.toByteArray());
    }

    /** Returns which of the {@link #asked} images the nearest training image is right for. */
    public boolean[] nearest() {
        BitSet bits = BitSet.valueOf(Base64.getDecoder().decode(nearestRight));
        boolean[] right = new boolean[askedImages];
        bits.stream().forEach(i -> right[i] = true);
        return right;
    }

    /** Returns the numbers of the test images whose nearest was searched for. */
    public int[] asked() {
        return ImageSource.evenlySpaced(testImages, askedImages);
    }

    /** Shrinks images, and returns them by pixel and then by image. */
    private static float[][] columns(ImageSource images, int[] indices) {
        float[][] columns = new float[shrunk(images, indices[0]).length][indices.length];
        IntStream.range(0, indices.length).parallel().forEach(i -> {
            float[] pixels = shrunk(images, indices[i]);
            for (int p = 0; p < pixels.length; p++) {
                columns[p][i] = pixels[p];
            }
        });
        return columns;
    }

    /** Averages the pixels of an image into at most SIDE by SIDE fields per channel. */
    private static float[] shrunk(ImageSource images, int index) {
        byte[] pixels = new byte[images.imageLength()];
        images.read(index, pixels, 0);
        int rows = Math.min(SIDE, images.height());
        int columns = Math.min(SIDE, images.width());
        float[] sums = new float[images.channels() * rows * columns];
        int[] counts = new int[sums.length];
        for (int i = 0; i < pixels.length; i++) {
            int x = i % images.width() * columns / images.width();
            int y = i / images.width() % images.height() * rows / images.height();
            int field = (i / (images.width() * images.height()) * rows + y) * columns + x;
            sums[field] += pixels[i] & 0xFF;
            counts[field]++;
        }
        for (int field = 0; field < sums.length; field++) {
            sums[field] /= counts[field];
        }
        return sums;
    }

    /** Returns the index of the nearest image, the first of equals. */
    private static int nearest(float[][] columns, float[] image) {
        int count = columns[0].length;
        float[] distances = new float[Math.min(BLOCK, count)];
        int best = 0;
        float least = Float.POSITIVE_INFINITY;
        for (int from = 0; from < count; from += BLOCK) {
            int length = Math.min(BLOCK, count - from);
            Arrays.fill(distances, 0);
            for (int p = 0; p < image.length; p++) {
                add(distances, columns[p], from, length, image[p]);
            }
            for (int i = 0; i < length; i++) {
                if (distances[i] < least) {
                    least = distances[i];
                    best = from + i;
                }
            }
        }
        return best;
    }

    private static void add(float[] distances, float[] column, int from, int length, float value) {
        for (int i = 0; i < length; i++) {
            float difference = column[from + i] - value;
            distances[i] += difference * difference;
        }
    }
}
