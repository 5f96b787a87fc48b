package io.catwalk.runner.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import io.catwalk.api.Augmentation;
import io.catwalk.runner.Golden;
import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageSource;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Compares augmented images with those of torchvision, in test-data/golden/augmentations.json. */
@Tag("tiny")
class GoldenAugmentationTest {

    private static final JsonNode GOLDEN = Golden.file("augmentations.json");
    private static final int HEIGHT = GOLDEN.get("height").asInt();
    private static final int WIDTH = GOLDEN.get("width").asInt();

    /** An error of half a gray level would be detected; this is the rounding of single precision. */
    private static final float LEVELS = 0.01f;

    private static final class Said implements RandomGenerator {

        private final Deque<Double> numbers = new ArrayDeque<>();

        Said(double... numbers) {
            Arrays.stream(numbers).forEach(this.numbers::add);
        }

        @Override
        public double nextDouble() {
            return numbers.remove();
        }

        @Override
        public int nextInt(int bound) {
            return (int) (numbers.remove() * bound);
        }

        @Override
        public long nextLong() {
            throw new IllegalStateException("no augmentation draws 64 bits");
        }
    }

    private static ImageSource images(int channels) {
        int[] values = Golden.ints(GOLDEN.get("images").get(Integer.toString(channels)));
        byte[] pixels = new byte[values.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) values[i];
        }
        return HeapImages.of(channels, HEIGHT, WIDTH, pixels, new int[] {0});
    }

    private static float[] changed(int channels, ImageLayout layout, Augmentation augmentation, double... draws) {
        ImageSource images = images(channels);
        Augmenter augmenter = new Augmenter(images, layout, SmallWorld.levels(channels), List.of(augmentation));
        byte[] source = new byte[images.imageLength()];
        images.read(0, source, 0);
        float[] target = new float[source.length];
        augmenter.place(source, target, new Said(draws));
        float[] ordered = new float[target.length];
        int plane = HEIGHT * WIDTH;
        for (int i = 0; i < ordered.length; i++) {
            ordered[i] = target[i % plane * layout.pixelStride(channels) + i / plane * layout.channelStride(plane)];
        }
        return ordered;
    }

    @ParameterizedTest
    @EnumSource
    void imagesAreTurnedAgainstTheClock(ImageLayout layout) {
        for (JsonNode one : GOLDEN.get("rotate")) {
            Augmentation rotate = Augmentation.rotate(one.get("degrees").asDouble());
            float[] after = changed(
                    one.get("channels").asInt(), layout, rotate, one.get("draw").asDouble());
            float[] expected = Golden.floats(one.get("after"));
            int compared = 0;
            for (int i = 0; i < after.length; i++) {
                if (one.get("inside").get(i % (HEIGHT * WIDTH)).asBoolean()) {
                    assertThat(after[i]).isCloseTo(expected[i], within(LEVELS));
                    compared++;
                }
            }
            assertThat(compared).isGreaterThan(after.length / 4);
        }
    }

    @Test
    void whatComesFromOutsideIsBlack() {
        float[] after = changed(1, ImageLayout.CHANNELS_FIRST, Augmentation.rotate(90), 1);
        // A quarter turn of an image that is 10 wide and 7 high: the upright 10 by 7 rectangle is cut to 7.
        for (int y = 0; y < HEIGHT; y++) {
            assertThat(after[y * WIDTH]).isZero();
            assertThat(after[y * WIDTH + WIDTH - 1]).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPartBecomesTheWholeAndLightChangesBrightnessAndThenContrast(ImageLayout layout) {
        agree("crop", layout, one -> Augmentation.crop(one.get("smallest_area").asDouble()));
        Function<JsonNode, Augmentation> light = one -> Augmentation.light(
                one.get("brightness").asDouble(), one.get("contrast").asDouble());
        agree("light", layout, light);
    }

    private static void agree(String kind, ImageLayout layout, Function<JsonNode, Augmentation> augmentation) {
        for (JsonNode one : GOLDEN.get(kind)) {
            int channels = one.get("channels").asInt();
            assertThat(changed(channels, layout, augmentation.apply(one), Golden.doubles(one.get("draws"))))
                    .containsExactly(Golden.floats(one.get("after")), within(LEVELS));
        }
    }

    /** Three images of one color each: 10, 110 and 210. */
    private static BatchLoader.Batch mixed(Augmentation augmentation, double[]... draws) {
        byte[] pixels = new byte[3 * 10 * 20];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (10 + i / 200 * 100);
        }
        ImageSource images = HeapImages.of(1, 10, 20, pixels, new int[] {4, 5, 6});
        BatchLoader.Batch batch =
                new BatchLoader(images, ImageLayout.CHANNELS_LAST, SmallWorld.levels(1), List.of(augmentation), null)
                .new Batch(3);
        batch.fill(new int[] {0, 1, 2}, 0, 3, place -> new Said(draws[place]));
        return batch;
    }

    /** With alpha 1 the beta distribution is uniform: a draw is the share. */
    @Test
    void mixupAddsTheNextImageAndItsClass() {
        BatchLoader.Batch batch =
                mixed(Augmentation.mixup(1), new double[] {0.7}, new double[] {0.5}, new double[] {0.1});

        assertThat(batch.values(0)).containsOnly(new float[] {40}, within(LEVELS)); // 0.7 x 10 + 0.3 x 110
        assertThat(batch.values(1)).containsOnly(new float[] {160}, within(LEVELS)); // (110 + 210) / 2
        assertThat(batch.values(2)).containsOnly(new float[] {30}, within(LEVELS)); // 0.1 x 210 + 0.9 x 10
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Targets targets = batch.targets(manager, new float[0]);
            assertThat(targets.classes().toLongArray()).containsExactly(4, 5, 4);
            Targets.Mixture mixture = Objects.requireNonNull(targets.mixture());
            assertThat(mixture.others().toLongArray()).containsExactly(5, 6, 6);
            assertThat(mixture.shares().toFloatArray()).containsExactly(new float[] {0.7f, 0.5f, 0.9f}, within(1e-6f));
        }
    }

    /**
     * A share of 0.75 leaves a rectangle of half the sides, 10 by 5 pixels, here around (10, 5) and then around a
     * corner.
     */
    @Test
    void cutMixCopiesARectangleAndCountsItsPixels() {
        double[][] draws = {{0.75, 0.5, 0.5}, {0.75, 0, 0}, {1, 0, 0}};
        BatchLoader.Batch batch = mixed(Augmentation.cutMix(1), draws);

        float[] middle = batch.values(0);
        int copied = 0;
        for (int i = 0; i < middle.length; i++) {
            boolean inside = i % 20 >= 5 && i % 20 < 15 && i / 20 >= 3 && i / 20 < 7;
            assertThat(middle[i]).isCloseTo(inside ? 110 : 10, within(LEVELS));
            copied += inside ? 1 : 0;
        }
        assertThat(copied).isEqualTo(40);
        float[] corner = batch.values(1);
        for (int i = 0; i < corner.length; i++) {
            assertThat(corner[i]).isCloseTo(i % 20 < 5 && i / 20 < 2 ? 210 : 110, within(LEVELS));
        }
        assertThat(batch.values(2)).containsOnly(new float[] {210}, within(LEVELS));
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Targets targets = batch.targets(manager, new float[0]);
            assertThat(targets.classes().toLongArray()).containsExactly(4, 5, 6);
            Targets.Mixture mixture = Objects.requireNonNull(targets.mixture());
            assertThat(mixture.shares().toFloatArray())
                    .containsExactly(new float[] {1 - 40 / 200f, 1 - 10 / 200f, 1}, within(1e-6f));
        }
    }

    /** The variance of the beta distribution is 1 / (4 (2 alpha + 1)). */
    @Test
    void sharesHaveTheSpreadOfTheirDistribution() {
        double alpha = 0.3;
        byte[] pixels = {0, (byte) 200};
        ImageSource images = HeapImages.of(1, 1, 1, pixels, new int[] {0, 1});
        List<Augmentation> mixup = List.of(Augmentation.mixup(alpha));
        BatchLoader.Batch batch =
                new BatchLoader(images, ImageLayout.CHANNELS_LAST, SmallWorld.levels(1), mixup, null).new Batch(2);
        double sum = 0;
        int times = 4000;
        for (int i = 0; i < times; i++) {
            long seed = i;
            batch.fill(new int[] {0, 1}, 0, 2, place -> new java.util.SplittableRandom(seed * 2 + place));
            double share = batch.values(1)[0] / 200;
            sum += (share - 0.5) * (share - 0.5);
        }
        assertThat(sum / times).isCloseTo(1 / (4 * (2 * alpha + 1)), within(0.01));
    }
}
