package io.catwalk.runner.training;

import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.catwalk.api.Augmentation;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.runner.data.FeatureCache;
import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageCache;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
class BatchLoaderTest {

    /** With mean -1 and deviation 1/255 a pixel p becomes p + 255: black is 255, and only erased pixels are 0. */
    private static final int BLACK = 255;

    private static final long SEED = 7;

    private static NDArray load(BatchLoader loader, NDManager manager, int[] order, int from, int to) {
        RandomGenerator random = new SplittableRandom(SEED);
        BatchLoader.Batch batch = loader.new Batch(to - from + 1);
        batch.fill(order, from, to, place -> random);
        return batch.array(manager);
    }

    @Test
    void withoutAugmentationABatchIsNormalizedAndInOrder() {
        byte[] pixels = {0, 51, 102, (byte) 153, (byte) 204, (byte) 255};
        ImageSource images = HeapImages.of(1, 1, 2, pixels, new int[] {5, 6, 7});
        Normalization normalization = new Normalization(new float[] {0.4f}, new float[] {0.2f});
        BatchLoader loader = new BatchLoader(images, ImageLayout.CHANNELS_LAST, normalization, List.of(), null);
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            int[] order = {1, 2, 0};
            // (p / 255 - 0.4) / 0.2
            NDArray batch = load(loader, manager, order, 1, 3);
            assertThat(batch.getShape()).isEqualTo(new Shape(2, 1, 1, 2));
            assertThat(batch.toFloatArray()).containsExactly(new float[] {2, 3, -2, -1}, within(1e-6f));
            BatchLoader.Batch two = loader.new Batch(2);
            two.fill(order, 1, 3, place -> new SplittableRandom(SEED));
            Targets targets = two.targets(manager, new float[0]);
            assertThat(targets.classes().getShape()).isEqualTo(new Shape(2, 1));
            assertThat(targets.classes().toLongArray()).containsExactly(7, 5);
            assertThat(targets.mixture()).isNull();
            // A batch may be smaller than the largest.
            assertThat(load(loader, manager, order, 0, 1).toFloatArray())
                    .containsExactly(new float[] {0, 1}, within(1e-6f));
        }
    }

    /** The feature of an image is its pixel, and 10 more in each view. */
    private record Viewed() implements FeatureCache.Extractor {

        @Override
        public List<Integer> shape() {
            return List.of(1, 1, 1);
        }

        @Override
        public int batch() {
            return 2;
        }

        @Override
        public int views() {
            return 3;
        }

        @Override
        public byte[] view(ImageSource images, int from, int to, int number) {
            byte[] pixels = images.read(from, to);
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] += (byte) (10 * number);
            }
            return pixels;
        }

        @Override
        public float[] features(ImageSource images, int from, int to) {
            float[] features = new float[to - from];
            for (int i = 0; i < features.length; i++) {
                features[i] = images.read(from + i, from + i + 1)[0];
            }
            return features;
        }

        @Override
        public void close() {}
    }

    @Test
    void eachEpochDrawsAnImageOrOneOfItsViews(@TempDir Path folder) {
        ImageSource train = HeapImages.of(1, 1, 1, new byte[] {1, 2, 3}, new int[] {0, 1, 0});
        ImageSource test = HeapImages.of(1, 1, 1, new byte[] {9}, new int[] {0});
        ImageDataset photos = new ImageDataset("photos", "a".repeat(64), List.of("x", "y"), train, test);
        ImageSource features = new ImageCache(folder, ImageCache.Listener.none())
                .features()
                .open("b".repeat(64), () -> photos, images -> new Viewed())
                .train();
        Normalization none = new Normalization(new float[1], new float[] {1});
        BatchLoader.Batch batch =
                new BatchLoader(features, ImageLayout.CHANNELS_LAST, none, List.of(), null).new Batch(2);
        SplittableRandom random = new SplittableRandom(SEED);
        Map<Float, Integer> drawn = new TreeMap<>();
        for (int epoch = 0; epoch < 400; epoch++) {
            batch.fill(new int[] {2, 0}, 0, 2, place -> random);
            drawn.merge(batch.values(0)[0], 1, Integer::sum);
            assertThat(batch.values(1)[0]).isIn(1f, 11f, 21f, 31f);
        }
        assertThat(drawn.keySet()).containsExactly(3f, 13f, 23f, 33f);
        assertThat(drawn.values()).allSatisfy(times -> assertThat(times).isBetween(65, 135));
    }

    @Test
    void eachChannelHasItsOwnNormalization() {
        ImageSource images = HeapImages.of(3, 1, 1, new byte[] {51, 51, 51}, new int[] {0});
        Normalization normalization = new Normalization(new float[] {0, 0.2f, 0.4f}, new float[] {1, 1, 0.1f});
        BatchLoader loader = new BatchLoader(images, ImageLayout.CHANNELS_LAST, normalization, List.of(), null);
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            assertThat(load(loader, manager, new int[] {0}, 0, 1).toFloatArray())
                    .containsExactly(new float[] {0.2f, 0, -2}, within(1e-6f));
        }
    }

    @Test
    void bothLayoutsHoldTheSameBatch() {
        byte[] pixels = new byte[2 * 3 * 10 * 12];
        new SplittableRandom(1).nextBytes(pixels);
        ImageSource images = HeapImages.of(3, 10, 12, pixels, new int[] {0, 1});
        Normalization normalization = new Normalization(new float[] {0, 0.2f, 0.4f}, new float[] {1, 1, 0.1f});
        Augmentation flip = Augmentation.horizontalFlip();
        Augmentation shift = Augmentation.shift(0.2);
        Augmentation erase = Augmentation.erase(0.5, 0.2);
        inBothLayouts(images, normalization, List.of(shift, flip, erase));
        Augmentation rotate = Augmentation.rotate(30);
        Augmentation light = Augmentation.light(0.5, 0.5);
        List<Augmentation> all =
                List.of(flip, rotate, shift, Augmentation.crop(0.5), light, erase, Augmentation.cutMix(1));
        inBothLayouts(images, normalization, all);
    }

    private static void inBothLayouts(ImageSource images, Normalization normalization, List<Augmentation> all) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            List<float[]> batches = new ArrayList<>();
            for (ImageLayout layout : ImageLayout.values()) {
                BatchLoader loader = new BatchLoader(images, layout, normalization, all, null);
                batches.add(load(loader, manager, new int[20], 0, 20).toFloatArray());
            }
            assertThat(batches.get(0)).containsExactly(batches.get(1));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aFlipMirrorsAboutHalfOfTheImages(int channels) {
        World world = new World(channels, 3, 4);
        List<int[]> drawn = world.draw(2000, Augmentation.horizontalFlip());
        int[] mirrored = world.mirrored(world.image());
        assertThat(drawn).allMatch(one -> Arrays.equals(one, mirrored) || Arrays.equals(one, world.image()));
        assertThat(drawn.stream().filter(one -> Arrays.equals(one, mirrored))).hasSizeBetween(900, 1100);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aShiftMovesByEveryDistanceUpToItsLimitAndFillsWithBlack(int channels) {
        World world = new World(channels, 5, 6);
        List<int[]> possible = IntStream.range(0, 25)
                .mapToObj(i -> world.moved(world.image(), i / 5 - 2, i % 5 - 2))
                .toList();
        assertThat(distinct(world.draw(2000, Augmentation.shift(0.4))))
                .hasSize(25)
                .isEqualTo(distinct(possible));
    }

    @Test
    void aShiftBeyondTheImageLeavesItBlack() {
        assertThat(distinct(new World(1, 1, 1).draw(100, Augmentation.shift(0.5))))
                .containsExactlyInAnyOrder(List.of(BLACK), List.of(BLACK + 1));
    }

    @Test
    void augmentationsApplyInTheOrderOfTheRecipe() {
        World world = new World(3, 5, 6);
        List<int[]> shiftedThenFlipped = world.draw(48, Augmentation.shift(0.4), Augmentation.horizontalFlip());
        List<int[]> flippedThenShifted = world.draw(48, Augmentation.horizontalFlip(), Augmentation.shift(0.4));
        SplittableRandom first = new SplittableRandom(SEED);
        SplittableRandom second = new SplittableRandom(SEED);
        for (int i = 0; i < 48; i++) {
            int[] moved = world.moved(world.image(), first.nextInt(-2, 3), first.nextInt(-2, 3));
            assertThat(shiftedThenFlipped.get(i)).containsExactly(first.nextBoolean() ? world.mirrored(moved) : moved);
            int[] turned = second.nextBoolean() ? world.mirrored(world.image()) : world.image();
            assertThat(flippedThenShifted.get(i))
                    .containsExactly(world.moved(turned, second.nextInt(-2, 3), second.nextInt(-2, 3)));
        }
    }

    @Test
    void anEraseTakesOneRectangleFromAllChannels() {
        World world = new World(3, 10, 12);
        int erased = 0;
        for (int[] image : world.draw(2000, Augmentation.erase(0.25, 0.3))) {
            int rectangle = world.erased(image);
            erased += rectangle > 0 ? 1 : 0;
            // 0.3 x 120 pixels, and at most half a pixel of rounding on each side
            assertThat(rectangle).isLessThanOrEqualTo(45);
        }
        assertThat(erased).isBetween(430, 570);
    }

    @Test
    void anEraseOfTenPercentLosesBetweenTwoAndTenPercentAndASmallOneStaysSmall() {
        World world = new World(1, 28, 28);
        List<int[]> drawn = world.draw(2000, Augmentation.erase(1, 0.1));
        assertThat(drawn.stream().filter(image -> world.erased(image) == 0)).isEmpty();
        // Areas are uniform from 0.02 to 0.1 of 784 pixels: 47.04 on average.
        assertThat(drawn.stream().mapToInt(world::erased).average().orElseThrow())
                .isCloseTo(47.04, within(1.5));
        // 0.005 x 784 = 3.92 pixels, sides from 1.14 to 3.43: 1 x 3, 3 x 1 or 2 x 2 when rounded, or 2 x 3 and 3 x 2
        assertThat(world.draw(500, Augmentation.erase(1, 0.005))).allMatch(image -> world.erased(image) <= 6);
    }

    /** In a slope of one gray level a pixel, neighbors of the result differ by the share of the side that is kept. */
    @ParameterizedTest
    @CsvSource({"56, 14, 0.9", "14, 56, 0.5", "20, 20, 0.9"})
    void aCropKeepsAtLeastTheSmallestShare(int width, int height, double smallest) {
        int plane = height * width;
        byte[] pixels = new byte[3 * plane];
        for (int i = 0; i < plane; i++) {
            pixels[i] = (byte) (i % width);
            pixels[plane + i] = (byte) (i / width);
        }
        ImageSource images = HeapImages.of(3, height, width, pixels, new int[] {0});
        List<Augmentation> cropping = List.of(Augmentation.crop(smallest));
        BatchLoader.Batch batch =
                new BatchLoader(images, ImageLayout.CHANNELS_FIRST, SmallWorld.levels(3), cropping, null)
                .new Batch(500);
        batch.fill(new int[500], 0, 500, place -> new SplittableRandom(place));
        int middle = height / 2 * width + width / 2;
        for (int i = 0; i < 500; i++) {
            float[] crop = batch.values(i);
            float across = crop[middle + 1] - crop[middle];
            float along = crop[plane + middle + width] - crop[plane + middle];
            assertThat(across * along).isBetween((float) smallest - 1e-3f, 1 + 1e-3f);
        }
    }

    @Test
    void aBatchThatNoBufferHoldsIsRefused() {
        ImageSource images = HeapImages.of(1, 32, 32, new byte[1024], new int[] {0});
        BatchLoader loader = new BatchLoader(images, ImageLayout.CHANNELS_LAST, SmallWorld.levels(1), List.of(), null);
        // 2^20 images of 2^10 pixels of 4 bytes are 2^32 bytes.
        String[] facts = {"2,047 MiB", "1048576 images of 32x32", "4,096 MiB", "--batch-size", "--image-size"};
        refused(TrainingException.class, () -> loader.new Batch(1 << 20), facts);
    }

    private static Set<List<Integer>> distinct(List<int[]> images) {
        return images.stream()
                .map(image -> Arrays.stream(image).boxed().toList())
                .collect(Collectors.toSet());
    }

    private record World(int channels, int height, int width) {

        /** Pixel i is i + 1, so none is black. */
        int[] image() {
            return IntStream.range(0, channels * height * width)
                    .map(i -> BLACK + 1 + i % 200)
                    .toArray();
        }

        int[] mirrored(int[] image) {
            return IntStream.range(0, image.length)
                    .map(i -> image[i - i % width + width - 1 - i % width])
                    .toArray();
        }

        int[] moved(int[] image, int down, int right) {
            int[] moved = new int[image.length];
            for (int i = 0; i < moved.length; i++) {
                int y = i / width % height - down;
                int x = i % width - right;
                boolean inside = y >= 0 && y < height && x >= 0 && x < width;
                moved[i] = inside ? image[i - down * width - right] : BLACK;
            }
            return moved;
        }

        /** Counts the erased pixels of a channel; fails unless they are one rectangle, the same in each channel. */
        int erased(int[] image) {
            int plane = height * width;
            int[] original = image();
            List<Integer> lost = new ArrayList<>();
            for (int i = 0; i < plane; i++) {
                for (int channel = 1; channel < channels; channel++) {
                    check((image[channel * plane + i] == 0) == (image[i] == 0));
                }
                if (image[i] == 0) {
                    lost.add(i);
                } else {
                    check(image[i] == original[i]);
                }
            }
            if (!lost.isEmpty()) {
                List<Integer> columns = lost.stream().map(i -> i % width).toList();
                int rows = lost.get(lost.size() - 1) / width - lost.get(0) / width + 1;
                check(lost.size() == rows * (Collections.max(columns) - Collections.min(columns) + 1));
            }
            return lost.size();
        }

        private static void check(boolean fact) {
            assertThat(fact).as("one rectangle in all channels").isTrue();
        }

        /** Augments it {@code times} times, a multiple of 4. */
        List<int[]> draw(int times, Augmentation... augmentations) {
            int[] original = image();
            byte[] pixels = new byte[original.length];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = (byte) (original[i] - BLACK);
            }
            float[] mean = new float[channels];
            Arrays.fill(mean, -1);
            Normalization normalization =
                    new Normalization(mean, SmallWorld.levels(channels).std());
            ImageSource images = HeapImages.of(channels, height, width, pixels, new int[] {0});
            BatchLoader loader =
                    new BatchLoader(images, ImageLayout.CHANNELS_FIRST, normalization, List.of(augmentations), null);
            BatchLoader.Batch batch = loader.new Batch(4);
            List<int[]> drawn = new ArrayList<>();
            SplittableRandom random = new SplittableRandom(SEED);
            for (int i = 0; i < times; i++) {
                if (i % 4 == 0) {
                    batch.fill(new int[4], 0, 4, place -> random);
                }
                float[] values = batch.values(i % 4);
                drawn.add(IntStream.range(0, values.length)
                        .map(k -> Math.round(values[k]))
                        .toArray());
            }
            return drawn;
        }
    }
}
