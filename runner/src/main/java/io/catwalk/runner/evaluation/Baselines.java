package io.catwalk.runner.evaluation;

import io.catwalk.runner.data.EvenlySpaced;
import io.catwalk.runner.data.ImageSource;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Accuracies that are reached on the same images without a network. A network that is not above them has learned
 * nothing, however high its accuracy.
 *
 * @param largestClass accuracy of always predicting the class with the most training images, 0 to 1
 * @param nearestNeighbor accuracy of predicting the class of the training image that is nearest, pixel by pixel, when
 *     all are shrunk to {@value #SIDE} pixels or fewer a side, 0 to 1
 * @param trainImages number of training images that were searched for the nearest
 * @param testImages number of test images whose nearest was searched for; all test images count for the largest class
 */
public record Baselines(double largestClass, double nearestNeighbor, int trainImages, int testImages) {

    private static final int SIDE = 8;

    /** The most images of each set, evenly spaced; the search then takes some seconds. */
    private static final int MOST_TRAIN = 50_000;

    private static final int MOST_TEST = 10_000;

    /** Number of training images whose distances fit into the processor's first-level cache. */
    private static final int BLOCK = 4_096;

    /**
     * Computes both.
     *
     * @param train where the training images are
     * @param learned indices of the images that are trained on; at least one
     * @param test the test images; at least one
     * @param classes number of classes
     * @return the same result for the same images
     */
    public static Baselines of(ImageSource train, int[] learned, ImageSource test, int classes) {
        int[] counts = new int[classes];
        for (int index : learned) {
            counts[train.labels()[index]]++;
        }
        int largest = IntStream.range(0, classes).reduce(0, (a, b) -> counts[b] > counts[a] ? b : a);
        long named =
                IntStream.of(test.labels()).filter(label -> label == largest).count();
        int[] known = EvenlySpaced.of(learned, MOST_TRAIN);
        int[] asked = EvenlySpaced.of(test.size(), MOST_TEST);
        float[][] columns = columns(train, known);
        long right = IntStream.of(asked)
                .parallel()
                .filter(image -> test.labels()[image] == train.labels()[known[nearest(columns, shrunk(test, image))]])
                .count();
        return new Baselines((double) named / test.size(), (double) right / asked.length, known.length, asked.length);
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
