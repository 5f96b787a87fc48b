package io.catwalk.runner.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.runner.RequestException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
final class SplitSpecTest {

    @ParameterizedTest
    @CsvSource({"5, 2000000000, 10000000000", "2000000000, 1, 2000000000", "5, 20001, 100005"})
    void moreFoldsThanAnybodyTrainsAreRefused(int folds, int repeats, long product) {
        assertThatThrownBy(() -> new SplitSpec(folds, repeats, 0.1, 0))
                .isInstanceOf(RequestException.class)
                .hasMessage("--folds times --repeats must be at most 100000, but is " + product
                        + ": each is a training of every classifier; try 5 and 10");
    }

    @Test
    void theLargestNumberIsTaken() {
        assertThat(new SplitSpec(5, 20_000, 0.1, 0).lastFold()).isEqualTo(100_000);
    }
}
