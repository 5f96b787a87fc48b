package io.catwalk.testkit.contract;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.catwalk.api.Task;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Random images with labels.
 *
 * @param pixels normalized, (count, channels, height, width), row-major
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
record Images(Task task, float[] pixels, int[] labels) {

    /**
     * Side in pixels of the squares of equal brightness, which are large enough that pooling does not average them out.
     */
    private static final int SQUARE = 4;

    /** Draws images of random squares; the numbers of images per class differ by at most one. */
    static Images random(Task task, int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] pixels = new float[count * task.channels() * task.height() * task.width()];
        int columns = (task.width() + SQUARE - 1) / SQUARE;
        float[] squares = new float[columns];
        for (int row = 0; row * task.width() < pixels.length; row++) {
            if (row % task.height() % SQUARE == 0) {
                for (int column = 0; column < columns; column++) {
                    squares[column] = (float) random.nextDouble(-1, 1);
                }
            }
            for (int x = 0; x < task.width(); x++) {
                pixels[row * task.width() + x] = squares[x / SQUARE];
            }
        }
        int[] labels = new int[count];
        Arrays.setAll(labels, image -> image % task.classes());
        return new Images(task, pixels, labels);
    }

    int count() {
        return labels.length;
    }

    /** Returns the images from {@code first} to before {@code end}. */
    Images range(int first, int end) {
        int size = pixels.length / count();
        return new Images(
                task, Arrays.copyOfRange(pixels, first * size, end * size), Arrays.copyOfRange(labels, first, end));
    }

    /** Returns the normalized pixels of each image, (channels, height, width), row-major. */
    float[][] rows() {
        int size = pixels.length / count();
        float[][] rows = new float[count()][];
        Arrays.setAll(rows, image -> Arrays.copyOfRange(pixels, image * size, (image + 1) * size));
        return rows;
    }

    /** Returns the shape of the logits of these images. */
    Shape logits() {
        return new Shape(count(), task.classes());
    }

    Shape shape() {
        return new Shape(count(), task.channels(), task.height(), task.width());
    }

    /** Returns the normalized pixels, (count, channels, height, width). */
    NDArray pixels(NDManager manager) {
        return manager.create(pixels, shape());
    }

    /** Returns the labels, (count), each 0 or above and below the number of classes. */
    NDArray labels(NDManager manager) {
        return manager.create(labels);
    }
}
