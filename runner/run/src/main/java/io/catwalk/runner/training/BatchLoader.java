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
import io.catwalk.runner.training.Training.EpochBatches;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import org.apache.commons.statistics.distribution.BetaDistribution;
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
    private final Normalization normalization;
    private final @Nullable Augmenter augmenter;
    private final @Nullable Mixer mixer;
    private final @Nullable BatchAugmentation own;

    /**
     * Creates a loader.
     *
     * @param augmentations random changes; none for evaluation. Features are mixed at most
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
        this.normalization = normalization;
        augmenter = images.holdsFeatures() ? null : new Augmenter(images, layout, normalization, augmentations);
        mixer = Mixer.of(augmentations, images, layout);
        this.own = own;
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
                if (augmenter == null) {
                    int view = images.views() == 0 ? 0 : numbers[i].nextInt(images.views() + 1);
                    layout.put(images.normalizedView(normalization, index, view), 1, images.channels(), pixels);
                } else {
                    images.read(index, source, 0);
                    augmenter.place(source, image, numbers[i]);
                    pixels.put(image);
                }
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

    /**
     * Mixes each image of a batch with the next one, and the last with the first. Since the order is
     * shuffled, these are unrelated images. Each image has its own share.
     */
    static final class Mixer {

        private final boolean cuts;
        private final BetaDistribution shares;
        private final int height;
        private final int width;
        private final int channels;
        private final int pixelStride;
        private final int channelStride;

        private Mixer(boolean cuts, double alpha, ImageSource images, ImageLayout layout) {
            this.cuts = cuts;
            shares = BetaDistribution.of(alpha, alpha);
            height = images.height();
            width = images.width();
            channels = images.channels();
            pixelStride = layout.pixelStride(channels);
            channelStride = layout.channelStride(height * width);
        }

        /** Returns a mixer, or null if the recipe does not mix images. */
        static @Nullable Mixer of(List<Augmentation> augmentations, ImageSource images, ImageLayout layout) {
            for (Augmentation augmentation : augmentations) {
                if (augmentation instanceof Augmentation.Mixup mixup) {
                    return new Mixer(false, mixup.alpha(), images, layout);
                }
                if (augmentation instanceof Augmentation.CutMix cutMix) {
                    return new Mixer(true, cutMix.alpha(), images, layout);
                }
            }
            return null;
        }

        /** Mixes a batch in place; each image gets a second class. The pixels are in the layout. */
        void mix(FloatBuffer pixels, Targets.Labels labels, RandomGenerator[] random) {
            int length = channels * height * width;
            int count = random.length;
            int[] classes = labels.classes();
            float[] first = new float[length];
            float[] image = new float[length];
            float[] next = new float[length];
            pixels.get(0, first);
            pixels.get(0, image);
            for (int i = 0; i < count; i++) {
                int other = (i + 1) % count;
                if (other == 0) {
                    System.arraycopy(first, 0, next, 0, length);
                } else {
                    pixels.get(other * length, next);
                }
                float share = cuts ? cut(image, next, random[i]) : blend(image, next, random[i]);
                pixels.put(i * length, image);
                labels.mix(i, classes[other], share);
                float[] mixed = image;
                image = next;
                next = mixed;
            }
        }

        private double share(RandomGenerator random) {
            return shares.inverseCumulativeProbability(random.nextDouble());
        }

        private float blend(float[] image, float[] next, RandomGenerator random) {
            float share = (float) share(random);
            for (int i = 0; i < image.length; i++) {
                image[i] = image[i] * share + next[i] * (1 - share);
            }
            return share;
        }

        /**
         * Copies a rectangle with the share of the other image, with a uniformly drawn center; what is outside is cut off.
         */
        private float cut(float[] image, float[] next, RandomGenerator random) {
            double side = Math.sqrt(1 - share(random));
            int middleX = random.nextInt(width);
            int middleY = random.nextInt(height);
            int halfWidth = (int) (width * side / 2);
            int halfHeight = (int) (height * side / 2);
            int left = Math.max(0, middleX - halfWidth);
            int right = Math.min(width, middleX + halfWidth);
            int top = Math.max(0, middleY - halfHeight);
            int bottom = Math.min(height, middleY + halfHeight);
            for (int channel = 0; channel < channels; channel++) {
                for (int y = top; y < bottom; y++) {
                    for (int x = left; x < right; x++) {
                        int at = (y * width + x) * pixelStride + channel * channelStride;
                        image[at] = next[at];
                    }
                }
            }
            return 1 - (float) (Math.max(0, right - left) * Math.max(0, bottom - top)) / (height * width);
        }
    }

    /**
     * Prepares the batches of an epoch while the engine computes. There is one more batch than threads, so that each thread
     * fills one while the engine reads another. What a batch holds does not depend on which thread fills it, or when.
     */
    static final class BatchQueue implements AutoCloseable {

        private final EpochBatches batches;
        private final ExecutorService threads;
        private final Deque<BatchLoader.Batch> free = new ArrayDeque<>();
        private final Deque<Future<BatchLoader.Batch>> coming = new ArrayDeque<>();
        private BatchLoader.@Nullable Batch current;
        private int[] order = {};
        private IntFunction<? extends RandomGenerator> random = place -> {
            throw new IllegalStateException("no epoch has begun");
        };
        private int asked;

        /** Allocates the memory of all batches, and starts the threads. */
        BatchQueue(BatchLoader loader, EpochBatches batches, int threadCount) {
            this.batches = batches;
            threads = Executors.newFixedThreadPool(threadCount, task -> {
                Thread thread = new Thread(task, "batch-loader");
                thread.setDaemon(true);
                return thread;
            });
            for (int i = 0; i <= threadCount; i++) {
                free.add(loader.new Batch(batches.largest()));
            }
        }

        /**
         * Begins an epoch, after all batches of the previous one were taken.
         *
         * @param newOrder indices of the images; not changed until all batches were taken
         * @param newRandom returns, for any thread, the generator of the random changes of an image in this epoch, by its
         *     place in {@code newOrder}
         */
        void begin(int[] newOrder, IntFunction<? extends RandomGenerator> newRandom) {
            order = newOrder;
            random = newRandom;
            asked = 0;
            release();
        }

        /** Waits for the next batch, which is valid until the next call. */
        BatchLoader.Batch next() {
            release();
            try {
                BatchLoader.Batch batch = coming.remove().get();
                current = batch;
                return batch;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while a batch was loaded", e);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof TrainingException failure) {
                    throw failure;
                }
                throw new IllegalStateException("a batch could not be loaded: " + e.getCause(), e);
            }
        }

        /** Returns the batch that the engine has read to the queue, and starts to fill all free batches. */
        private void release() {
            if (current != null) {
                free.add(current);
                current = null;
            }
            while (!free.isEmpty() && asked < batches.steps()) {
                BatchLoader.Batch batch = free.remove();
                int from = batches.from(asked);
                int to = batches.from(++asked);
                int[] images = order;
                IntFunction<? extends RandomGenerator> numbers = random;
                coming.add(threads.submit(() -> {
                    batch.fill(images, from, to, numbers);
                    return batch;
                }));
            }
        }

        @Override
        public void close() {
            threads.shutdownNow();
        }
    }
}
