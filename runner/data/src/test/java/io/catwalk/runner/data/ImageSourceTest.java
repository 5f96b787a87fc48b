package io.catwalk.runner.data;

import static io.catwalk.runner.Refusals.illegal;
import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
class ImageSourceTest {

    /** Images of one pixel whose value is their index: 40 of class 0, then 20 of class 1, then 10 of class 2. */
    private static ImageSource images() {
        byte[] pixels = new byte[70];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) i;
        }
        int[] labels =
                IntStream.range(0, 70).map(i -> i < 40 ? 0 : i < 60 ? 1 : 2).toArray();
        return HeapImages.of(1, 1, 1, pixels, labels);
    }

    @Test
    void aLimitKeepsTheSharesOfTheClassesTheOrderAndTheLabels() {
        ImageSource some = images().limit(14, 3, 9);

        assertThat(some.countPerClass(3)).containsExactly(8, 4, 2);
        assertThat(HeapImages.pixels(some)).hasSize(14).isSorted().doesNotHaveDuplicates();
        for (int i = 0; i < some.size(); i++) {
            int original = HeapImages.pixels(some)[i];
            assertThat(some.labels()[i]).isEqualTo(original < 40 ? 0 : original < 60 ? 1 : 2);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "13, 13", "69, 69", "70, 70", "1000, 70"})
    void aLimitIsReachedExactlyEvenBelowTheNumberOfClasses(int limit, int size) {
        assertThat(images().limit(limit, 3, 9).size()).isEqualTo(size);
    }

    @Test
    void anotherSeedDrawsOtherImages() {
        assertThat(HeapImages.pixels(images().limit(14, 3, 9)))
                .isEqualTo(HeapImages.pixels(images().limit(14, 3, 9)))
                .isNotEqualTo(HeapImages.pixels(images().limit(14, 3, 10)));
    }

    @Test
    void aLimitBelowOneIsRefused() {
        refused(() -> images().limit(0, 3, 9), "expected at least 1, found 0");
    }

    @Test
    void selectedImagesComeInTheOrderAsked() {
        ImageSource images = HeapImages.of(1, 1, 2, new byte[] {1, 2, 3, 4, 5, 6}, new int[] {0, 1, 2});

        ImageSource some = images.select(new int[] {2, 0});

        assertThat(HeapImages.pixels(some)).containsExactly(5, 6, 1, 2);
        assertThat(some.labels()).containsExactly(2, 0);
    }

    @Test
    void arraysThatDoNotFitAreRefused() {
        illegal(() -> HeapImages.of(1, 2, 2, new byte[0], new int[0]), "at least 1 image");
        illegal(() -> images().countPerClass(2), "from 0 to 1, found 2 at index 60");
    }

    @Test
    void someOfManyAreAtEqualDistances() {
        int[] all = IntStream.range(0, 1_000_000).map(i -> 3 * i).toArray();

        int[] some = ImageSource.evenlySpaced(all, 60_000);

        // Every 16.7th, which are 3 apart: 0, 16, 33, ... 999,983.
        assertThat(some)
                .hasSize(60_000)
                .startsWith(0, 48, 99)
                .endsWith(3 * 999_983)
                .isSorted();
        assertThat(some).doesNotHaveDuplicates();
        assertThat(ImageSource.evenlySpaced(7, 3)).containsExactly(0, 2, 4);
    }

    @Test
    void fewAreTakenAsTheyAre() {
        assertThat(ImageSource.evenlySpaced(new int[] {5, 3}, 2)).containsExactly(5, 3);
        assertThat(ImageSource.evenlySpaced(3, 8)).containsExactly(0, 1, 2);
    }
}
