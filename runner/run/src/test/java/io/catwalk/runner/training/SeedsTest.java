package io.catwalk.runner.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.training.Seeds.Purpose;
import io.catwalk.runner.training.Seeds.SplitMix64;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
class SeedsTest {

    @Test
    void everySeedFoldPurposeAndEpochHasRandomNumbersOfItsOwn() {
        Set<Long> numbers = new HashSet<>();
        Set<Integer> seeds = new HashSet<>();
        for (long seed = -5; seed < 100; seed++) {
            for (int fold = 0; fold < 10; fold++) {
                for (Purpose purpose : Purpose.values()) {
                    numbers.add(new Seeds(seed, fold).generator(purpose).nextLong());
                }
                for (int epoch = 1; epoch <= 5; epoch++) {
                    seeds.add(new Seeds(seed, fold).engineSeed(Purpose.DROPOUT, epoch));
                }
            }
        }
        assertThat(numbers).hasSize(105 * 10 * Purpose.values().length);
        // A seed of the engine has 31 bits, so that two of the 5,250 may be equal by chance.
        assertThat(seeds).hasSizeGreaterThan(5_240).allMatch(seed -> seed >= 0);
    }

    /** Every earlier result was made with the generator of the JDK. */
    @Test
    void aGeneratorGivesTheNumbersOfSplittableRandom() {
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
    void aGeneratorGoesOnFromWhereItStood() {
        SplitMix64 first = new SplitMix64(7);
        first.nextDouble();
        SplitMix64 second = new SplitMix64(0);
        second.restore(first.state());
        assertThat(second.nextLong()).isEqualTo(first.nextLong());
    }
}
