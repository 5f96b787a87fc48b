package io.catwalk.runner.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
final class EvenlySpacedTest {

    @Test
    void someOfManyAreAtEqualDistances() {
        int[] all = IntStream.range(0, 1_000_000).map(i -> 3 * i).toArray();

        int[] some = EvenlySpaced.of(all, 60_000);

        // Every 16.7th, which are 3 apart: 0, 16, 33, ... 999,983.
        assertThat(some)
                .hasSize(60_000)
                .startsWith(0, 48, 99)
                .endsWith(3 * 999_983)
                .isSorted();
        assertThat(some).doesNotHaveDuplicates();
        assertThat(EvenlySpaced.of(7, 3)).containsExactly(0, 2, 4);
    }

    @Test
    void fewAreTakenAsTheyAre() {
        assertThat(EvenlySpaced.of(new int[] {5, 3}, 2)).containsExactly(5, 3);
        assertThat(EvenlySpaced.of(3, 8)).containsExactly(0, 1, 2);
    }
}
