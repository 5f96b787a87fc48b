package io.catwalk.runner.trial;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
final class DatasetSpecTest {

    /** Noise with a bright bar, on the left in the first class and on the right in the second, or in any place. */
    private static ImageDataset bars(int channels, int side, boolean sidesMatter) {
        Random random = new Random(3);
        byte[] pixels = new byte[120 * channels * side * side];
        int[] labels = random.ints(120, 0, 2).toArray();
        for (int i = 0; i < pixels.length; i++) {
            int label = labels[i / (channels * side * side)];
            int bar = sidesMatter && label == 1 ? side - 6 : 2;
            int x = i % side;
            boolean bright = x >= bar && x < bar + 4 && (sidesMatter || label == 1);
            pixels[i] = (byte) ((bright ? 150 : 50) + random.nextInt(50));
        }
        ImageSource images = HeapImages.of(channels, side, side, pixels, labels);
        return new ImageDataset("bars", "a".repeat(64), List.of("a", "b"), images, images);
    }

    @ParameterizedTest(name = "{0} channels, side {1}, sides matter: {2}, said: {3}, expected: {4}")
    @CsvSource({
        "3, 32, false,      , true",
        "3, 32, true ,      , false",
        "3, 32, true , true , true",
        "3, 32, false, false, false",
        "1, 48, false,      , true",
        // Not photos: nothing is said.
        "1, 47, false,      ,",
        "3, 31, false,      ,",
    })
    void whetherPhotosMayBeMirroredFollowsFromThem(
            int channels, int side, boolean sidesMatter, @Nullable Boolean said, @Nullable Boolean expected) {
        DatasetSpec spec = new DatasetSpec("bars", null, null, null, null, 0, 0, said, null);

        assertThat(spec.mirroredAs(bars(channels, side, sidesMatter)).mirrored())
                .isEqualTo(expected);
    }
}
