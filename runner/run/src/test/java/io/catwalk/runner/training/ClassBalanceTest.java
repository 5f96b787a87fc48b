package io.catwalk.runner.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.api.Balance;
import io.catwalk.runner.training.Seeds.SplitMix64;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Of 100 images, every tenth is of class 1; class 2 has none. */
@Tag("tiny")
final class ClassBalanceTest {

    private static final int[] IMAGES = IntStream.range(0, 100).toArray();
    private static final int[] LABELS =
            IntStream.range(0, 100).map(i -> i % 10 == 0 ? 1 : 0).toArray();

    private static int[] ordered(Balance balance, int epochs) {
        ClassBalance classes = new ClassBalance(balance, IMAGES, LABELS, 3);
        SplitMix64 random = new SplitMix64(3);
        int[] all = new int[epochs * 100];
        int[] order = IMAGES.clone();
        for (int epoch = 0; epoch < epochs; epoch++) {
            classes.order(order, random);
            System.arraycopy(order, 0, all, epoch * 100, 100);
        }
        return all;
    }

    @Test
    void withoutBalanceAnEpochHasEachImageOnce() {
        int[] order = ordered(Balance.NONE, 1);

        assertThat(order).isNotEqualTo(IMAGES);
        assertThat(Arrays.stream(order).sorted())
                .containsExactly(Arrays.stream(IMAGES).boxed().toArray(Integer[]::new));
        assertThat(ordered(Balance.CLASS_WEIGHTS, 1)).isEqualTo(order);
        assertThat(new ClassBalance(Balance.NONE, IMAGES, LABELS, 3).weights()).isEmpty();
        assertThat(new ClassBalance(Balance.SAMPLING, IMAGES, LABELS, 3).weights())
                .isEmpty();
    }

    /** The standard deviation of 10,000 draws is 50. */
    @Test
    void samplingSeesTheClassesAlikeOftenAndEachImageOfAClass() {
        int[] drawn = ordered(Balance.SAMPLING, 100);

        long ofClass1 = Arrays.stream(drawn).filter(image -> LABELS[image] == 1).count();
        assertThat(ofClass1).isBetween(4_750L, 5_250L);
        assertThat(Arrays.stream(drawn).distinct().count()).isEqualTo(100);
    }

    /** Like scikit-learn's 'balanced': 100 images of 2 classes, 90 of one and 10 of the other. */
    @Test
    void weightsAreTheInverseOfTheSizes() {
        float[] weights = new ClassBalance(Balance.CLASS_WEIGHTS, IMAGES, LABELS, 3).weights();

        assertThat(weights).containsExactly(new float[] {100 / 180f, 5, 0}, within(1e-6f));
    }
}
