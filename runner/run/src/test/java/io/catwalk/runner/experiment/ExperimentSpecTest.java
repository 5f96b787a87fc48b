package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
final class ExperimentSpecTest {

    /** Sizes counted by hand: 495 images make 15 steps of 33, where batches of 256 made one of 256 and lost 239. */
    @ParameterizedTest
    @CsvSource({
        "256, 54000, 256", // 210 steps
        "256, 5120, 256", // 20 steps
        "256, 5119, 255", // 20 steps of 255, and 19 images are left over
        "256, 495, 33",
        "64, 495, 33",
        "32, 495, 32",
        "16, 20, 16",
        "128, 108, 36",
        "128, 100, 34", // 33, 33 and 34
        "128, 40, 40",
        "28, 25, 25",
        "256, 1, 1"
    })
    void batchesFitFewImages(int ofRecipe, int images, int fitting) {
        assertThat(ExperimentSpec.fittingBatch(ofRecipe, images)).isEqualTo(fitting);
    }
}
