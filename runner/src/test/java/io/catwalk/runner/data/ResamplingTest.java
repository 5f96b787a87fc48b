package io.catwalk.runner.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Expected values are worked out by hand from the triangle filter with pixel centers at one half. */
@Tag("tiny")
class ResamplingTest {

    @Test
    void enlargingInterpolatesBetweenPixelCenters() {
        assertThat(Resampling.resize(new byte[] {0, 100}, 1, 1, 2, new ImageSize(4, 1)))
                .containsExactly(0, 25, 75, 100);
    }

    @Test
    void shrinkingWeighsEverySourcePixel() {
        // Weights 0.75, 0.75, 0.25 of the first three pixels for the left, mirrored for the right.
        assertThat(Resampling.resize(new byte[] {0, 0, 70, 70}, 1, 1, 4, new ImageSize(2, 1)))
                .containsExactly(10, 60);
    }

    @Test
    void rowsAndColumnsAreResizedAlikeAndChannelsApart() {
        byte[] twoChannels = {0, 100, 40, 40};

        assertThat(Resampling.resize(twoChannels, 2, 2, 1, new ImageSize(1, 4)))
                .containsExactly(0, 25, 75, 100, 40, 40, 40, 40);
    }

    @Test
    void whiteStaysWhite() {
        byte[] white = {-1, -1, -1, -1, -1, -1};

        assertThat(Resampling.resize(white, 1, 2, 3, new ImageSize(7, 5)))
                .hasSize(35)
                .containsOnly(-1);
    }
}
