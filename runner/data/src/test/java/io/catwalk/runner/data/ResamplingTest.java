package io.catwalk.runner.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.ImageTags.Orientation;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Expected values are computed by hand: means of the pixels in an area, and lines between pixel centers at one half.
 */
@Tag("tiny")
class ResamplingTest {

    @Test
    void enlargingInterpolatesBetweenPixelCenters() {
        assertThat(gray(2, 1, 0, 100).raster(ResizeRule.parse("4x1")).pixels()).containsExactly(0, 25, 75, 100);
    }

    @Test
    void shrinkingAveragesAreas() {
        assertThat(gray(4, 1, 0, 10, 70, 80).raster(ResizeRule.parse("2x1")).pixels())
                .containsExactly(5, 75);
    }

    @Test
    void rowsShrinkWhileColumnsGrow() {
        assertThat(gray(2, 2, 0, 100, 20, 120).raster(ResizeRule.parse("4x1")).pixels())
                .containsExactly(10, 35, 85, 110);
    }

    @Test
    void whiteStaysWhite() {
        assertThat(gray(3, 2, 255, 255, 255, 255, 255, 255)
                        .raster(ResizeRule.parse("7x5"))
                        .pixels())
                .hasSize(35)
                .containsOnly(-1);
    }

    /** A mean of tenths is a little off in binary numbers, and how far depends on the order in which it is summed. */
    @Test
    void meansInTheMiddleBetweenTwoLevelsAreRoundedUp() {
        for (int level = 0; level < 255; level++) {
            int next = level + 1;
            assertThat(gray(10, 1, next, level, next, level, next, level, next, level, next, level)
                            .raster(ResizeRule.parse("1x1"))
                            .pixels())
                    .containsExactly(next);
        }
    }

    @Test
    void croppingKeepsTheMiddleAndPaddingPutsBlackAround() {
        DecodedImage wide = gray(4, 2, 9, 20, 40, 9, 9, 20, 40, 9);

        assertThat(wide.raster(ResizeRule.parse("2x2 crop")).pixels()).containsExactly(20, 40, 20, 40);
        assertThat(wide.raster(ResizeRule.parse("4x4 pad")).pixels())
                .containsExactly(0, 0, 0, 0, 9, 20, 40, 9, 9, 20, 40, 9, 0, 0, 0, 0);
    }

    @Test
    void aLineOfPixelsIsNeverPaddedAway() {
        assertThat(gray(8, 1, 1, 1, 1, 1, 5, 5, 5, 5)
                        .raster(ResizeRule.parse("2x2 pad"))
                        .pixels())
                .containsExactly(1, 5, 0, 0);
    }

    private static DecodedImage gray(int width, int height, int... values) {
        BufferedImage image = Pictures.gray(width, height, values);
        Samples samples = Samples.of(image.getColorModel(), image.getRaster()).orElseThrow();
        return new DecodedImage(image.getRaster(), samples, Orientation.UPRIGHT);
    }
}
