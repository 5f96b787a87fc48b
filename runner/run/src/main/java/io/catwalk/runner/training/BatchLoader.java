package io.catwalk.runner.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.catwalk.api.Augmentation;
import io.catwalk.api.BatchAugmentation;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.data.ImageSource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Prepares batches of images: reads, augments and normalizes in one pass over the pixels, directly into memory that the
 * engine reads without a copy. Any number of threads may fill batches at once.
 *
 * <p>{@code docs/adr/0001-batches-in-one-pass.md} explains why this is one pass in Java and not tensor operations.
 */
final class BatchLoader {

    private final ImageSource images;
    private final ImageLayout layout;
    private final Augmenter augmenter;
    private final @Nullable Mixer mixer;
    private final @Nullable BatchAugmentation own;

    /**
     * Creates a loader.
     *
     * @param augmentations random changes; none for evaluation
     * @param own the batch augmentation that {@link Augmentation.Own} stands for; null if it is not among them
     */
    BatchLoader(
            ImageSource images,
            ImageLayout layout,
            Normalization normalization,
            List<Augmentation> augmentations,
            @Nullable BatchAugmentation own) {
        this.images = images;
        this.layout = layout;
        augmenter = new Augmenter(images, layout, normalization, augmentations);
        mixer = Mixer.of(augmentations, images, layout);
        this.own = own;
    }

    /** Creates a loader without a batch augmentation of the classifier. */
    BatchLoader(ImageSource images, ImageLayout layout, Normalization normalization, List<Augmentation> augmentations) {
        this(images, layout, normalization, augmentations, null);
    }

    /** Holds the memory of one batch. */
    final class Batch {

        private final byte[] source = new byte[images.imageLength()];
        private final float[] image = new float[images.imageLength()];
        private final ByteBuffer memory;
        private Targets.Labels labels = new Targets.Labels(0);

        /** Allocates the memory of so many images, which have to fit into one buffer. */
        Batch(int largest) {
            long bytes = (long) largest * Float.BYTES * image.length;
            if (bytes > Integer.MAX_VALUE) {
                throw new TrainingException(String.format(
                        Locale.ROOT,
                        "expected a batch of at most %,d MiB, but %d images of %dx%d take %,d MiB: try a smaller"
                                + " --batch-size or --image-size",
                        Integer.MAX_VALUE >> 20,
                        largest,
                        images.width(),
                        images.height(),
                        bytes >> 20));
            }
            memory = ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder());
        }

        /**
         * Fills the memory with the images at {@code order[from..to)}; their random changes are by their place in
         * {@code order}.
         */
        void fill(int[] order, int from, int to, IntFunction<? extends RandomGenerator> random) {
            FloatBuffer pixels = memory.clear().asFloatBuffer();
            RandomGenerator[] numbers = new RandomGenerator[to - from];
            labels = new Targets.Labels(to - from);
            for (int i = 0; i < numbers.length; i++) {
                int index = order[from + i];
                numbers[i] = random.apply(from + i);
                images.read(index, source, 0);
                augmenter.place(source, image, numbers[i]);
                pixels.put(image);
                labels.set(i, images.labels()[index]);
            }
            memory.limit(numbers.length * image.length * Float.BYTES);
            if (own != null && numbers.length > 0) {
                change(own, numbers[0]);
            }
            if (mixer != null) {
                mixer.mix(memory.asFloatBuffer(), labels, numbers);
            }
        }

        /** Lets the classifier change the images, which it gets channels first in either layout. */
        private void change(BatchAugmentation augmentation, RandomGenerator random) {
            float[][] changed = new float[labels.classes().length][];
            for (int i = 0; i < changed.length; i++) {
                changed[i] = layout.channelsFirst(values(i), images.channels());
            }
            try {
                augmentation.change(changed, random);
            } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
                throw new TrainingException("augmentation(...) of the plugin threw " + Reasons.of(e));
            }
            FloatBuffer pixels = memory.asFloatBuffer();
            for (float[] one : changed) {
                if (one == null || one.length != image.length) {
                    throw new TrainingException("expected " + image.length + " numbers of each image, but"
                            + " augmentation(...) of the plugin left " + (one == null ? "none" : one.length));
                }
                layout.put(one, 1, images.channels(), pixels);
            }
        }

        /**
         * Passes the images to the engine: (images, channels, height, width), normalized; valid until the batch is
         * filled again.
         */
        NDArray array(NDManager manager) {
            long count = memory.limit() / Float.BYTES;
            Shape shape = new Shape(count / image.length, images.channels(), images.height(), images.width());
            return layout.view(manager.create(memory, new Shape(count), DataType.FLOAT32), shape);
        }

        /** Returns the normalized values of an image, in the layout. */
        float[] values(int place) {
            float[] values = new float[image.length];
            memory.asFloatBuffer().get(place * values.length, values);
            return values;
        }

        /**
         * Passes the classes of the images to the engine, with how much an image of each class counts; empty if all
         * count the same.
         */
        Targets targets(NDManager manager, float[] weights) {
            return labels.targets(manager, weights);
        }
    }
}
