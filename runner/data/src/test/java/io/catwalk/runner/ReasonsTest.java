package io.catwalk.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
final class ReasonsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "cannot read /home/ada/x/a.bin: no; cannot read a.bin: no",
                "train --dataset=/data/cats --out /tmp/run/ --epochs 3; train --dataset=cats --out run --epochs 3",
                "train --dataset '/home/ada/my cats/all' gru; train --dataset 'all' gru",
                "C:\\Users\\ada\\a.bin is missing; a.bin is missing",
                "--dataset /a/b,/c/d (/e/f); --dataset b,d (f)",
                "see trials/gru/1-0/crash.log; see trials/gru/1-0/crash.log",
                "--on spark://host:7077 https://example.org/a/b; --on spark://host:7077 https://example.org/a/b",
                "5 / 3 images/s and and/or; 5 / 3 images/s and and/or",
            })
    void absolutePathsAreShortenedToTheirLastPart(String text, String shortened) {
        assertThat(Reasons.withoutFolders(text)).isEqualTo(shortened);
    }

    /** The first two distances are those of the usual textbook examples. */
    @ParameterizedTest
    @CsvSource({"kitten, sitting, 3", "saturday, sunday, 3", "'', abc, 3", "abc, '', 3", "gru, gru, 0"})
    void distanceCountsInsertionsDeletionsAndReplacements(String a, String b, int distance) {
        assertThat(Reasons.distance(a, b)).isEqualTo(distance);
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
        assertThat(Reasons.nearest(name, names)).isEqualTo(Optional.ofNullable(meant));
        assertThat(Reasons.didYouMean(name, names)).isEqualTo(meant == null ? "" : "; did you mean '" + meant + "'?");
    }
}
