package io.catwalk.runner.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.training.Seeds.SplitMix64;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Compares the generator with that of the JDK, which every earlier result was made with. */
@Tag("tiny")
class SplitMix64Test {

    @Test
    void itGivesTheNumbersOfSplittableRandom() {
        for (long seed : new long[] {0, 1, -1, 42, Long.MIN_VALUE, 0x9E3779B97F4A7C15L}) {
            RandomGenerator ours = new SplitMix64(seed);
            RandomGenerator expected = new SplittableRandom(seed);
            for (int i = 0; i < 300; i++) {
                assertThat(ours.nextLong()).isEqualTo(expected.nextLong());
                assertThat(ours.nextInt()).isEqualTo(expected.nextInt());
                assertThat(ours.nextInt(1 + i)).isEqualTo(expected.nextInt(1 + i));
                assertThat(ours.nextInt(Integer.MAX_VALUE)).isEqualTo(expected.nextInt(Integer.MAX_VALUE));
                assertThat(ours.nextInt(-i, 3 * i + 1)).isEqualTo(expected.nextInt(-i, 3 * i + 1));
                assertThat(ours.nextBoolean()).isEqualTo(expected.nextBoolean());
                assertThat(ours.nextDouble()).isEqualTo(expected.nextDouble());
            }
        }
    }

    @Test
    void itGoesOnFromWhereItStood() {
        SplitMix64 first = new SplitMix64(7);
        first.nextDouble();
        SplitMix64 second = new SplitMix64(0);
        second.restore(first.state());
        assertThat(second.nextLong()).isEqualTo(first.nextLong());
    }
}
