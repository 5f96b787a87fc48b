package io.catwalk.runner.data;

import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
final class NearDuplicatesTest {

    private static final int SIDE = 4;

    /** Five images of noise, which do not resemble each other however they are moved. */
    private static final ImageSource NOISE = noise(5);

    private static ImageSource noise(int count) {
        SplittableRandom random = new SplittableRandom(1);
        byte[] pixels = new byte[count * SIDE * SIDE];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) random.nextInt(200);
        }
        return HeapImages.of(1, SIDE, SIDE, pixels, new int[count]);
    }

    /** Makes a 4x4 image from an image of the noise by moving its pixels; pixels without a source are 255. */
    private static byte[] moved(int image, int right, int down) {
        byte[] moved = new byte[SIDE * SIDE];
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                boolean inside = x - right >= 0 && x - right < SIDE && y - down >= 0 && y - down < SIDE;
                moved[y * SIDE + x] = inside
                        ? HeapImages.pixels(NOISE)[image * SIDE * SIDE + (y - down) * SIDE + x - right]
                        : (byte) 255;
            }
        }
        return moved;
    }

    private static ImageSource single(byte[] pixels) {
        return HeapImages.of(1, SIDE, SIDE, pixels, new int[1]);
    }

    @Test
    void theSamePixelsAreAnExactDuplicate() {
        List<NearDuplicates.Pair> found = NearDuplicates.between(single(moved(3, 0, 0)), NOISE, 0);

        assertThat(found).containsExactly(new NearDuplicates.Pair(0, 3, 0, false, 0, 0));
        assertThat(found.get(0).exact()).isTrue();
    }

    @Test
    void theDistanceIsTheRootMeanSquareAndTheLimitBelongsToIt() {
        byte[] pixels = moved(2, 0, 0);
        for (int i : new int[] {0, 5, 6, 15}) {
            pixels[i] = (byte) (pixels[i] + 8);
        }
        // Four of 16 pixels differ by 8: the root of 4 * 64 / 16 is 4.
        assertThat(NearDuplicates.between(single(pixels), NOISE, 4))
                .containsExactly(new NearDuplicates.Pair(0, 2, 4, false, 0, 0))
                .noneMatch(NearDuplicates.Pair::exact);
        assertThat(NearDuplicates.between(single(pixels), NOISE, 3.999)).isEmpty();
    }

    @Test
    void aMirrorImageIsADuplicateButNotAnExactOne() {
        byte[] pixels = new byte[SIDE * SIDE];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = HeapImages.pixels(NOISE)[SIDE * SIDE + i / SIDE * SIDE + SIDE - 1 - i % SIDE];
        }

        assertThat(NearDuplicates.between(single(pixels), NOISE, 0))
                .containsExactly(new NearDuplicates.Pair(0, 1, 0, true, 0, 0))
                .noneMatch(NearDuplicates.Pair::exact);
    }

    @ParameterizedTest
    @CsvSource({"1,0", "-1,0", "0,1", "0,-1", "1,1", "1,-1", "-1,1", "-1,-1"})
    void anImageMayBeMovedByAPixel(int right, int down) {
        // The image must be moved back to its original place.
        assertThat(NearDuplicates.between(single(moved(4, right, down)), NOISE, 0))
                .containsExactly(new NearDuplicates.Pair(0, 4, 0, false, 0 - right, 0 - down));
        assertThat(NearDuplicates.between(NOISE, single(moved(4, right, down)), 0))
                .containsExactly(new NearDuplicates.Pair(4, 0, 0, false, right, down));
    }

    @Test
    void onlyPixelsOnBothCount() {
        byte[] pixels = moved(0, 1, 1);
        pixels[2 * SIDE + 2] = (byte) (pixels[2 * SIDE + 2] + 6);
        // One of the 3 x 3 overlapping pixels differs by 6: the root of 36 / 9 is 2.
        assertThat(NearDuplicates.between(single(pixels), NOISE, 8))
                .containsExactly(new NearDuplicates.Pair(0, 0, 2, false, -1, -1));
    }

    @Test
    void allChannelsCount() {
        byte[] pixels = HeapImages.pixels(NOISE).clone();
        ImageSource colors = HeapImages.of(3, 4, 4, Arrays.copyOf(pixels, 48), new int[1]);
        byte[] redder = Arrays.copyOf(pixels, 48);
        for (int i = 0; i < 16; i++) {
            redder[i] = (byte) (redder[i] + 6);
        }
        // A third of the samples differs by 6: the root of 36 / 3.
        assertThat(NearDuplicates.between(colors, HeapImages.of(3, 4, 4, redder, new int[1]), 8))
                .singleElement()
                .satisfies(pair -> assertThat(pair.distance()).isCloseTo(3.4641, within(1e-4)));
    }

    @Test
    void withinOneSetEachPairIsFoundOnceAndNoImageIsItsOwnDuplicate() {
        ImageSource twice = NOISE.select(new int[] {0, 1, 2, 1, 1});

        assertThat(NearDuplicates.within(twice, 0))
                .containsExactly(
                        new NearDuplicates.Pair(1, 3, 0, false, 0, 0),
                        new NearDuplicates.Pair(1, 4, 0, false, 0, 0),
                        new NearDuplicates.Pair(3, 4, 0, false, 0, 0));
        assertThat(NearDuplicates.within(NOISE, 8)).isEmpty();
    }

    /** Images of little contrast, so that the limits are in the range of their distances. */
    @ParameterizedTest
    @CsvSource({
        "1,1,1,20",
        "1,2,5,12",
        "1,5,2,12",
        "1,3,3,12",
        "3,2,2,14",
        "1,7,4,11.5",
        "3,6,7,12",
        "1,11,13,12",
        "3,13,9,11.8",
        "1,9,9,0",
        "1,9,9,255"
    })
    void noPairIsMissed(int channels, int height, int width, double distance) {
        for (long seed = 1; seed <= 3; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            ImageSource first = random(random, 30, channels, height, width);
            ImageSource second = random(random, 40, channels, height, width);

            List<Pair> expected = bruteForce(first, second, distance);
            assertThat(expected).hasSizeBetween(distance == 0 ? 0 : 10, distance == 255 ? 1200 : 1190);
            assertThat(NearDuplicates.between(first, second, distance))
                    .extracting(found -> new Pair(found.first(), found.second(), rounded(found.distance())))
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    private record Pair(int first, int second, double distance) {}

    private static double rounded(double distance) {
        return Math.rint(distance * 1e8) / 1e8;
    }

    private static ImageSource random(SplittableRandom random, int count, int channels, int height, int width) {
        byte[] pixels = new byte[count * channels * height * width];
        int brightness = 0;
        for (int i = 0; i < pixels.length; i++) {
            brightness = i % (channels * height * width) == 0 ? random.nextInt(40) : brightness;
            pixels[i] = (byte) (100 + brightness + random.nextInt(30));
        }
        return HeapImages.of(channels, height, width, pixels, new int[count]);
    }

    /** Computes the distance by its definition. */
    private static List<Pair> bruteForce(ImageSource first, ImageSource second, double distance) {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < first.size(); i++) {
            for (int j = 0; j < second.size(); j++) {
                RasterImage one = first.image(i);
                RasterImage other = second.image(j);
                double least = Double.POSITIVE_INFINITY;
                for (int way = 0; way < 18; way++) {
                    int right = one.width() < 3 ? 0 : way % 3 - 1;
                    int down = one.height() < 3 ? 0 : way / 3 % 3 - 1;
                    least = Math.min(least, distance(one, other, way >= 9, right, down));
                }
                if (least <= distance) {
                    pairs.add(new Pair(i, j, rounded(least)));
                }
            }
        }
        return pairs;
    }

    private static double distance(RasterImage first, RasterImage second, boolean mirrored, int right, int down) {
        double squares = 0;
        int compared = 0;
        for (int i = 0; i < first.pixels().length; i++) {
            int x = i % first.width();
            int toX = (mirrored ? first.width() - 1 - x : x) + right;
            int toY = i / first.width() % first.height() + down;
            if (toX >= 0 && toX < first.width() && toY >= 0 && toY < first.height()) {
                double level = first.pixels()[i] & 0xff;
                double difference = level - (second.pixels()[i - x + toX + down * first.width()] & 0xff);
                squares += difference * difference;
                compared++;
            }
        }
        return Math.sqrt(squares / compared);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, 255.5, Double.NaN})
    void aDistanceThatIsNoneIsRefused(double distance) {
        refused(
                () -> NearDuplicates.between(NOISE, NOISE, distance),
                "--distance must be from 0",
                "255",
                "is " + distance);
        refused(() -> NearDuplicates.within(NOISE, distance), "--distance");
    }

    @Test
    void aDistanceThatTellsNothingApartIsRefused() {
        ImageSource black = HeapImages.of(1, 1, 1, new byte[1001], new int[1001]);

        refused(() -> NearDuplicates.between(black, black, 3), "at most 1,000,000 pairs", "within 3.0", "--distance");
        assertThat(NearDuplicates.within(black, 3)).hasSize(1001 * 1000 / 2);
    }

    @Test
    void otherShapesAreRefused() {
        ImageSource other = HeapImages.of(1, 2, 8, new byte[16], new int[1]);

        assertThatThrownBy(() -> NearDuplicates.between(NOISE, other, 8)).isInstanceOf(IllegalArgumentException.class);
    }
}
