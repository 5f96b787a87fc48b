package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.experiment.TuningSpec.Rung;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
final class TuningTest {

    private static Map<String, List<Object>> space() {
        Map<String, List<Object>> space = new LinkedHashMap<>();
        space.put("units", List.of(128, 64));
        space.put("rate", List.of(0.1, 0.2, 0.3));
        return space;
    }

    @Test
    void aGridHasEveryPointOnceAndBeginsWithWhatThePluginBrings() {
        assertThat(Candidates.grid(space()))
                .hasSize(6)
                .doesNotHaveDuplicates()
                .startsWith(Map.of("units", 128, "rate", 0.1));
    }

    @Test
    void drawsAreWithoutReplacementAndRepeatable() {
        List<Map<String, Object>> drawn = Candidates.random(space(), 4, 7);

        assertThat(drawn).hasSize(4).doesNotHaveDuplicates().startsWith(Map.of("units", 128, "rate", 0.1));
        assertThat(Candidates.random(space(), 4, 7)).isEqualTo(drawn);
        assertThat(Candidates.grid(space())).containsAll(drawn);
        assertThat(Candidates.random(space(), 100, 7)).containsExactlyInAnyOrderElementsOf(Candidates.grid(space()));
    }

    /** Worked out by hand: one in eta goes on to eta times the epochs, until fewer than two would be left. */
    @ParameterizedTest
    @CsvSource({
        "9, 6, 3, '2x9 6x3'",
        "6, 3, 3, '1x6 3x2'",
        "27, 9, 3, '1x27 3x9 9x3'",
        "4, 2, 2, '1x4 2x2'",
        "1, 5, 3, '5x1'",
        "2, 5, 3, '5x2'",
        "9, 1, 3, '1x9'",
        "27, 2, 3, '1x27 2x3'"
    })
    void eachRungHasFewerCandidatesForMoreEpochs(int candidates, int epochs, int eta, String rungs) {
        assertThat(Candidates.halving(candidates, epochs, eta).stream()
                        .map(rung -> rung.epochs() + "x" + rung.candidates()))
                .containsExactly(rungs.split(" ", -1));
    }

    @Test
    void anEmptySpaceIsRefused() {
        assertThatThrownBy(() -> Candidates.grid(Map.of()))
                .isInstanceOf(RequestException.class)
                .hasMessage("expected a space to search, but it is empty: name something with --search");
        assertThatThrownBy(() -> Candidates.random(Map.of("units", List.of()), 3, 1))
                .isInstanceOf(RequestException.class)
                .hasMessage("expected at least one option of units to try, and none twice, but found []");
        assertThatThrownBy(() -> new TuningSpec(TuningSpec.Strategy.GRID, List.of(new Rung(1, 1)), List.of()))
                .isInstanceOf(RequestException.class)
                .hasMessage("expected candidates to search among, but there are none");
    }

    @Test
    void theTableHasABudgetInEachColumn() {
        Tuning tuning = new Tuning(
                "gru",
                "successive halving",
                List.of(
                        new Tuning.Candidate(
                                2,
                                Map.of("units", 64),
                                List.of(
                                        new Tuning.Score(1, List.of(0.7, 0.8), 0.75, 0.0707),
                                        new Tuning.Score(3, List.of(0.9), 0.9, null))),
                        new Tuning.Candidate(
                                1, Map.of("units", 128), List.of(new Tuning.Score(1, List.of(0.5), 0.5, null))),
                        new Tuning.Candidate(3, Map.of("units", 32), List.of())),
                2);

        assertThat(tuning.table())
                .containsExactly(
                        List.of("candidate", "units", "1 epoch", "3 epochs"),
                        List.of("2", "64", "75.00 ± 7.07", "90.00"),
                        List.of("1", "128", "50.00", "-"),
                        List.of("3", "32", "-", "-"));
    }
}
