package io.catwalk.runner.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("tiny")
class ClustersTest {

    /** One bright pixel is elsewhere in each image, but the last is the first again: comparing all pairs takes long. */
    @Test
    @Timeout(5)
    void manyImagesWithEqualSumsAreSearchedInSeconds() {
        int side = 100;
        int count = 6000;
        int[] bright = IntStream.range(0, count).map(i -> i % (count - 1)).toArray();
        byte[] pixels = new byte[count * side * side];
        for (int i = 0; i < count; i++) {
            pixels[i * side * side + bright[i]] = 100;
        }
        ImageSource images = HeapImages.of(1, side, side, pixels, new int[count]);

        assertThat(Clusters.firsts(images, Collections.nCopies(count, ""))).isEqualTo(bright);
    }
}
