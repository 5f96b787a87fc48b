package io.catwalk.runner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageSource;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
final class MirroringTest {

    private static final int SIDE = 32;

    /** Where the bright bar of an image of a class lies. */
    private interface Bars {

        boolean covers(int label, int x, int y);
    }

    /** Images of noise with a bar each. */
    private static ImageSource images(int count, int classes, Bars bars) {
        Random random = new Random(5);
        byte[] pixels = new byte[count * SIDE * SIDE];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            // In random order, as every other image is learned from.
            labels[i] = random.nextInt(classes);
            for (int p = 0; p < SIDE * SIDE; p++) {
                int bar = bars.covers(labels[i], p % SIDE, p / SIDE) ? 150 : 50;
                pixels[i * SIDE * SIDE + p] = (byte) (bar + random.nextInt(50));
            }
        }
        return HeapImages.of(1, SIDE, SIDE, pixels, labels);
    }

    private static boolean lies(int at, int from) {
        return at >= from && at < from + 4;
    }

    @Test
    void stripesStayWhatTheyAre() {
        ImageSource stripes = images(120, 2, (label, x, y) -> (label == 0 ? x : y) / 4 % 2 == 0);

        assertThat(Mirroring.keepsClasses(stripes, 2)).isTrue();
    }

    @Test
    void whatLiesOnTheLeftIsSeenOnTheRight() {
        ImageSource sides = images(120, 2, (label, x, y) -> lies(x, label == 0 ? 4 : 24));

        assertThat(Mirroring.keepsClasses(sides, 2)).isFalse();
    }

    /** As among many traffic signs, of which few point to a side. */
    @Test
    void twoClassesOfManyAreEnough() {
        ImageSource many =
                images(600, 12, (label, x, y) -> label < 10 ? lies(y, 3 * label) : lies(x, label == 10 ? 4 : 24));

        assertThat(Mirroring.keepsClasses(many, 12)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 40})
    void whereNothingIsRecognizedNothingIsLost(int count) {
        assertThat(Mirroring.keepsClasses(images(count, 2, (label, x, y) -> false), 2))
                .isTrue();
    }
}
