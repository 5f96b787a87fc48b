package io.catwalk.runner.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.training.Seeds.Purpose;
import java.util.HashSet;
import java.util.Set;
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
}
