package io.catwalk.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
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

    /** Earlier in the alphabet wins a tie; a name in other letters of the same word is meant. */
    @ParameterizedTest
    @CsvSource({
        "stride-con, small-conv stride-conv, stride-conv",
        "gr, grv gru, gru",
        "LSTM, gru lstm, lstm",
        "LSMT, gru lstm, lstm",
        "transformer, lstm small-conv,"
    })
    void nearestOfTheKnownNamesIsMeant(String name, String known, @Nullable String meant) {
        List<String> names = List.of(known.split(" ", -1));
        assertThat(Suggestion.nearest(name, names)).isEqualTo(Optional.ofNullable(meant));
        assertThat(Suggestion.question(name, names)).isEqualTo(meant == null ? "" : "; did you mean '" + meant + "'?");
    }
}
