package io.catwalk.runner.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.catwalk.api.Augmentation;
import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.training.BatchLoader.BatchQueue;
import io.catwalk.runner.training.Training.EpochBatches;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
class BatchQueueTest {

    private static final int IMAGES = 103;
    private static final int[] ORDER =
            IntStream.range(0, IMAGES).map(i -> i * 37 % IMAGES).toArray();

    private static BatchLoader loader(Augmentation... augmentations) {
        byte[] pixels = new byte[IMAGES * 36];
        new Random(3).nextBytes(pixels);
        ImageSource images = HeapImages.of(1, 6, 6, pixels, new int[IMAGES]);
        return new BatchLoader(images, ImageLayout.CHANNELS_LAST, SmallWorld.levels(1), List.of(augmentations), null);
    }

    private static List<FloatBuffer> taken(int threads, Augmentation... augmentations) throws InterruptedException {
        List<FloatBuffer> taken = new ArrayList<>();
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                BatchQueue queue = new BatchQueue(loader(augmentations), EpochBatches.of(IMAGES, 10), threads)) {
            for (int epoch = 1; epoch <= 3; epoch++) {
                int number = epoch;
                queue.begin(
                        ORDER, place -> new Seeds(5, 0).generator(Seeds.Purpose.AUGMENTATION, number, ORDER[place]));
                for (int batch = 0; batch < 10; batch++) {
                    try (NDArray array = queue.next().array(manager)) {
                        Thread.sleep(2); // time in which another thread could overwrite it
                        taken.add(FloatBuffer.wrap(array.toFloatArray()));
                    }
                }
            }
        }
        return taken;
    }

    @Test
    void anyNumberOfThreadsGivesTheSameBatches() throws InterruptedException {
        Augmentation[] all = {Augmentation.horizontalFlip(), Augmentation.shift(0.3), Augmentation.erase(0.5, 0.4)};
        List<FloatBuffer> one = taken(1, all);

        assertThat(one).hasSize(30).doesNotHaveDuplicates();
        assertThat(taken(2, all)).isEqualTo(one);
        assertThat(taken(5, all)).isEqualTo(one);
    }

    @Test
    void batchesComeInOrder() throws InterruptedException {
        byte[] pixels = new byte[IMAGES * 36];
        new Random(3).nextBytes(pixels);

        List<FloatBuffer> taken = taken(3);

        for (int batch = 0; batch < 30; batch++) {
            for (int i = 0; i < 360; i++) {
                int image = ORDER[batch % 10 * 10 + i / 36];
                assertThat(Math.round(taken.get(batch).get(i))).isEqualTo(pixels[image * 36 + i % 36] & 0xff);
            }
        }
    }

    @Test
    void whatGoesWrongInAThreadIsToldByTheNextBatch() {
        try (BatchQueue queue = new BatchQueue(loader(Augmentation.horizontalFlip()), EpochBatches.of(IMAGES, 10), 2)) {
            queue.begin(ORDER, place -> {
                throw new IllegalStateException("no numbers for " + place);
            });
            assertThatThrownBy(() -> queue.next()).hasMessageContaining("no numbers for 0");
        }
    }

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
