package io.catwalk.runner.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.training.Training.EpochBatches;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
final class EpochBatchesTest {

    /** Sizes counted by hand. */
    @ParameterizedTest
    @CsvSource({
        "495, 256, 247 248", // 239 images made no step
        "64, 30, 21 21 22",
        "64, 16, 16 16 16 16",
        "33, 32, 16 17",
        "9, 9, 9",
        "5, 1, 1 1 1 1 1",
        "3, 2, 2", // or else one batch of a single image
        "71, 8, 8 8 8 8 8 8 8 8",
        "63, 8, 7 8 8 8 8 8 8 8"
    })
    void allImagesOfAFewBatchesAreDealtEvenly(int images, int batchSize, String sizes) {
        EpochBatches batches = EpochBatches.of(images, batchSize);
        assertThat(IntStream.range(0, batches.steps()).map(batches::size))
                .containsExactly(IntStream.of(Arrays.stream(sizes.split(" ", -1))
                                .mapToInt(Integer::parseInt)
                                .toArray())
                        .boxed()
                        .toArray(Integer[]::new));
        assertThat(batches.largest()).isLessThanOrEqualTo(batchSize);
    }

    @Test
    void manyBatchesAreFullAsEver() {
        EpochBatches batches = EpochBatches.of(54_000, 256);
        assertThat(batches).isEqualTo(new EpochBatches(53_760, 210));
        assertThat(batches.largest()).isEqualTo(256);
        assertThat(batches.from(209)).isEqualTo(53_504);
    }
}
