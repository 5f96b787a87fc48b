package io.catwalk.runner.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.catwalk.api.Augmentation;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.Normalization;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;

/**
 * Gathers batches of images: read, augment and normalize in one pass over the pixels,
 * straight into memory that the engine reads without a copy. Any number of threads may fill batches at once.
 *
 * <p>Why one pass in Java and not tensor operations: see {@code docs/adr/0001-batches-in-one-pass.md}.
 */
final class BatchLoader {

    private final ImageSource images;
    private final ImageLayout layout;
    private final int pixelStride;
    private final int channelStride;
    private final float[][] normalized;
    private final List<Augmentation> augmentations;

    /**
     * Creates a loader.
     *
     * @param images all images
     * @param layout of the batches
     * @param normalization mean and standard deviation of each channel
     * @param augmentations random changes, in order; none for evaluation
     */
    BatchLoader(ImageSource images, ImageLayout layout, Normalization normalization, List<Augmentation> augmentations) {
        this.images = images;
        this.layout = layout;
        pixelStride = layout.pixelStride(images.channels());
        channelStride = layout.channelStride(images.height() * images.width());
        this.augmentations = augmentations;
        normalized = normalization.table();
    }

    /** Holds the memory of one batch. */
    final class Batch {

        private final byte[] source = new byte[images.imageLength()];
        private final float[] image = new float[images.imageLength()];
        private final ByteBuffer memory;

        /**
         * Takes memory.
         *
         * @param largest number of images that it holds at most
         */
        Batch(int largest) {
            memory = ByteBuffer.allocateDirect(Math.multiplyExact(largest * Float.BYTES, image.length))
                    .order(ByteOrder.nativeOrder());
        }

        /**
         * Fills the memory with the images at {@code order[from..to)}.
         *
         * @param random gives the numbers by which an image of this index is changed
         */
        void fill(int[] order, int from, int to, IntFunction<? extends RandomGenerator> random) {
            FloatBuffer pixels = memory.clear().asFloatBuffer();
            for (int i = from; i < to; i++) {
                images.read(order[i], source, 0);
                place(source, image, random.apply(order[i]));
                pixels.put(image);
            }
            memory.limit((to - from) * image.length * Float.BYTES);
        }

        /**
         * Hands the images to the engine.
         *
         * @return (images, channels, height, width), normalized; valid until the batch is filled again
         */
        NDArray array(NDManager manager) {
            long count = memory.limit() / Float.BYTES;
            Shape shape = new Shape(count / image.length, images.channels(), images.height(), images.width());
            return layout.view(manager.create(memory, new Shape(count), DataType.FLOAT32), shape);
        }
    }

    /** Returns the labels at {@code order[from..to)} as (to - from, 1), int64. */
    NDArray labels(NDManager manager, int[] order, int from, int to) {
        long[] labels = new long[to - from];
        for (int i = from; i < to; i++) {
            labels[i - from] = images.labels()[order[i]];
        }
        return manager.create(labels, new Shape(labels.length, 1));
    }

    /** Writes one image, moved, mirrored, normalized and with its rectangles erased. */
    private void place(byte[] source, float[] target, RandomGenerator random) {
        int height = images.height();
        int width = images.width();
        boolean mirrored = false;
        int down = 0;
        int right = 0;
        for (Augmentation augmentation : augmentations) {
            if (augmentation instanceof Augmentation.HorizontalFlip) {
                if (random.nextBoolean()) {
                    // Mirrors what was moved before, so that the order of the recipe holds.
                    mirrored = !mirrored;
                    right = -right;
                }
            } else if (augmentation instanceof Augmentation.Shift shift) {
                down += random.nextInt(-shift.pixels(), shift.pixels() + 1);
                right += random.nextInt(-shift.pixels(), shift.pixels() + 1);
            }
        }
        for (int channel = 0; channel < images.channels(); channel++) {
            float[] values = normalized[channel];
            int at = channel * channelStride;
            for (int y = 0; y < height; y++) {
                int sourceY = y - down;
                boolean rowInside = sourceY >= 0 && sourceY < height;
                int row = (channel * height + sourceY) * width;
                for (int x = 0; x < width; x++) {
                    int moved = x - right;
                    boolean inside = rowInside && moved >= 0 && moved < width;
                    int sourceX = mirrored ? width - 1 - moved : moved;
                    target[at] = values[inside ? source[row + sourceX] & 0xFF : 0];
                    at += pixelStride;
                }
            }
        }
        for (Augmentation augmentation : augmentations) {
            if (augmentation instanceof Augmentation.Erase erase && random.nextDouble() < erase.probability()) {
                erase(erase, target, random);
            }
        }
    }

    /** Sets a rectangle to 0, which is the mean after normalization, in all channels. */
    private void erase(Augmentation.Erase erase, float[] target, RandomGenerator random) {
        int height = images.height();
        int width = images.width();
        double smallest = Math.min(0.02, erase.largestArea());
        double area = (smallest + random.nextDouble() * (erase.largestArea() - smallest)) * height * width;
        double ratio = Math.exp((random.nextDouble() * 2 - 1) * Math.log(3));
        int rows = Math.max(1, Math.min(height, (int) Math.round(Math.sqrt(area * ratio))));
        int columns = Math.max(1, Math.min(width, (int) Math.round(Math.sqrt(area / ratio))));
        int top = random.nextInt(height - rows + 1);
        int left = random.nextInt(width - columns + 1);
        for (int channel = 0; channel < images.channels(); channel++) {
            for (int y = top; y < top + rows; y++) {
                int row = channel * channelStride + y * width * pixelStride;
                for (int x = left; x < left + columns; x++) {
                    target[row + x * pixelStride] = 0;
                }
            }
        }
    }
}
