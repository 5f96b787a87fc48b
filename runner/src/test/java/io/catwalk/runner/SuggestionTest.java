package io.catwalk.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
final class SuggestionTest {

    /** The first two distances are those of the usual textbook examples. */
    @ParameterizedTest
    @CsvSource({"kitten, sitting, 3", "saturday, sunday, 3", "'', abc, 3", "abc, '', 3", "gru, gru, 0"})
    void distanceCountsInsertionsDeletionsAndReplacements(String a, String b, int distance) {
        assertThat(Suggestion.distance(a, b)).isEqualTo(distance);
    }

    @Test
    void nearestOfTheKnownNamesIsMeant() {
        assertThat(Suggestion.nearest("stride-con", List.of("small-conv", "stride-conv")))
                .contains("stride-conv");
    }

    @Test
    void earlierInTheAlphabetWinsATie() {
        assertThat(Suggestion.nearest("gr", List.of("grv", "gru"))).contains("gru");
    }

    @Test
    void aNameInOtherLettersOfTheSameWordIsMeant() {
        assertThat(Suggestion.nearest("LSTM", List.of("gru", "lstm"))).contains("lstm");
        assertThat(Suggestion.nearest("LSMT", List.of("gru", "lstm"))).contains("lstm");
    }

    @Test
    void farNameSuggestsNothing() {
        assertThat(Suggestion.nearest("transformer", List.of("lstm", "small-conv")))
                .isEmpty();
    }

    @Test
    void aMessageAsksOnlyWhereANameIsNear() {
        assertThat(Suggestion.question("gruu", List.of("gru", "lstm"))).isEqualTo("; did you mean 'gru'?");
        assertThat(Suggestion.question("transformer", List.of("gru", "lstm"))).isEmpty();
    }
}
