package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.api.Choice;
import io.catwalk.api.Criterion;
import io.catwalk.api.Recipe;
import io.catwalk.api.SearchSpace;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.evaluation.Metrics.Averages;
import io.catwalk.runner.experiment.TuningSpec.Rung;
import io.catwalk.runner.results.RunResults.Tuning;
import io.catwalk.runner.trial.MadeUp;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialSpec;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
final class TuningTest {

    private static SearchSpace space() {
        return SearchSpace.none().with("units", 128, 64).with("rate", 0.1, 0.2, 0.3);
    }

    @Test
    void aGridHasEveryPointOnceAndBeginsWithWhatThePluginBrings() {
        assertThat(TuningSpec.grid(space()))
                .hasSize(6)
                .doesNotHaveDuplicates()
                .startsWith(Map.of("units", 128, "rate", 0.1));
    }

    @Test
    void drawsAreWithoutReplacementAndRepeatable() {
        List<Map<String, Object>> drawn = TuningSpec.random(space(), 4, 7);

        assertThat(drawn).hasSize(4).doesNotHaveDuplicates().startsWith(Map.of("units", 128, "rate", 0.1));
        assertThat(TuningSpec.random(space(), 4, 7)).isEqualTo(drawn);
        assertThat(TuningSpec.grid(space())).containsAll(drawn);
        assertThat(TuningSpec.random(space(), 100, 7)).containsExactlyInAnyOrderElementsOf(TuningSpec.grid(space()));
    }

    @Test
    void aRangeIsDrawnFromAndNoGrid() {
        SearchSpace space = space().with("dropout", Choice.range(0.1, 0.0, 0.5));
        List<Map<String, Object>> drawn = TuningSpec.random(space, 40, 7);

        assertThat(drawn)
                .hasSize(40)
                .doesNotHaveDuplicates()
                .startsWith(Map.of("units", 128, "rate", 0.1, "dropout", 0.1))
                .allSatisfy(point -> assertThat(dropout(point)).isBetween(0.0, 0.5));
        assertThat(drawn.stream().filter(point -> dropout(point) < 0.25)).hasSizeBetween(10, 30);
        assertThat(TuningSpec.random(space, 40, 7)).isEqualTo(drawn);
        assertThatThrownBy(() -> TuningSpec.grid(space))
                .isInstanceOf(RequestException.class)
                .hasMessageContainingAll("dropout", "the range between 0.0 and 0.5", "--strategy random");
    }

    private static double dropout(Map<String, Object> point) {
        return (double) Objects.requireNonNull(point.get("dropout"));
    }

    /** Computed by hand: one in eta goes on to eta times the epochs, until fewer than two would be left. */
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
        assertThat(TuningSpec.halving(candidates, epochs, eta).stream()
                        .map(rung -> rung.epochs() + "x" + rung.candidates()))
                .containsExactly(rungs.split(" ", -1));
    }

    @Test
    void anEmptySpaceIsRefused() {
        assertThatThrownBy(() -> TuningSpec.grid(SearchSpace.none()))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("--search");
        assertThatThrownBy(() -> new TuningSpec(Tuning.Strategy.GRID, List.of(new Rung(1, 1)), List.of()))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("there are none");
    }

    /** Each of the four is the best by one criterion; the orders are taken from the table of scores below. */
    @ParameterizedTest
    @CsvSource({
        "ACCURACY, 1 2 3 4",
        "BALANCED_ACCURACY, 2 4 3 1",
        "MACRO_F1, 3 4 1 2",
        "LOSS, 4 2 1 3",
    })
    void candidatesAreRankedByWhatTheirRecipeSelectsBy(Criterion criterion, String order) {
        double[][] scores = {{0.9, 0.5, 0.6, 0.4}, {0.8, 0.7, 0.5, 0.3}, {0.7, 0.6, 0.8, 0.5}, {0.6, 0.65, 0.7, 0.2}};
        ExperimentSpec search = search(criterion, scores.length, new Rung(1, scores.length));
        TuningSpec tuning = Objects.requireNonNull(search.tuning());
        Outcomes finished = new Outcomes();
        for (TrialSpec trial : tuning.trials(search, finished)) {
            double[] one = scores[units(trial) - 1];
            Metrics scored = metrics(one[0], one[1], one[2], one[3]);
            finished.put(MadeUp.done(trial, scored, MadeUp.metrics(0.99), MadeUp.efficiency(null, null), null));
        }

        List<TrialSpec> trials = tuning.trials(search, finished);
        Tuning outcome = tuning.outcome(search, finished);

        assertThat(outcome.selectBy()).isEqualTo(criterion);
        assertThat(outcome.candidates())
                .extracting(candidate -> Integer.toString(candidate.number()))
                .containsExactly(order.split(" ", -1));
        assertThat(trials.get(trials.size() - 1).hyperparameters())
                .containsEntry("units", Integer.valueOf(order.substring(0, 1)));
    }

    /**
     * The trials of candidate 1 failed at first, so that 2 and 3 went on, and 3 was the best. Then they were done after
     * all: 1 and 2 go on, and 1 is the best.
     */
    @Test
    void theBestIsTheCandidateThatWasTrainedInFull() {
        ExperimentSpec search = search(Criterion.ACCURACY, 3, new Rung(1, 3), new Rung(2, 2));
        TuningSpec tuning = Objects.requireNonNull(search.tuning());
        Outcomes journal = new Outcomes();
        List<TrialSpec> firstRung = tuning.trials(search, journal);
        firstRung.forEach(trial -> journal.put(
                units(trial) == 1
                        ? new TrialOutcome.Failed(trial, "out of memory")
                        : MadeUp.done(trial, units(trial) == 2 ? 0.8 : 0.7)));
        finish(search, journal, 0.8, 0.9);
        assertThat(tuning.outcome(search, journal).best()).as("not trained yet").isNull();
        finish(search, journal, 0.9, 0.9);
        assertThat(tuning.outcome(search, journal).best()).isEqualTo(3);

        firstRung.stream().filter(trial -> units(trial) == 1).forEach(trial -> journal.put(MadeUp.done(trial, 0.95)));
        assertThat(tuning.outcome(search, journal).best())
                .as("its rung is not complete")
                .isNull();
        finish(search, journal, 0.85, 0.85);
        assertThat(tuning.outcome(search, journal).best()).as("not trained yet").isNull();
        List<TrialSpec> trials = tuning.trials(search, journal);
        TrialSpec full = trials.get(trials.size() - 1);
        journal.put(MadeUp.done(full, 0.97));
        Tuning outcome = tuning.outcome(search, journal);

        assertThat(units(full)).isEqualTo(1);
        assertThat(outcome.best()).isEqualTo(1);
        assertThat(outcome.candidates()).extracting(Tuning.Candidate::number).containsExactly(1, 2, 3);
        assertThat(outcome.candidates())
                .extracting(candidate -> candidate.scores().size())
                .containsExactly(2, 2, 1);
    }

    /** Finishes the trials that are known, with one accuracy for candidate 3 and one for all others. */
    private static void finish(ExperimentSpec search, Outcomes journal, double accuracy, double ofTheThird) {
        search.trials(journal).stream()
                .filter(trial -> !journal.has(trial))
                .forEach(trial -> journal.put(MadeUp.done(trial, units(trial) == 3 ? ofTheThird : accuracy)));
    }

    private static int units(TrialSpec trial) {
        return (int) Objects.requireNonNull(trial.hyperparameters().get("units"));
    }

    private static Metrics metrics(double accuracy, double balancedAccuracy, double macroF1, double logLoss) {
        Averages none = new Averages(0, 0, 0, 0, 0);
        Averages macro = new Averages(0, 0, macroF1, 0, 0);
        return new Metrics(100, accuracy, 0, 1, macro, none, none, balancedAccuracy, 0, 0, logLoss, 1.0, null, 0.0);
    }

    private static ExperimentSpec search(Criterion criterion, int count, Rung... rungs) {
        return Requests.search(Requests.FASHION, "gru", Recipe.standard().withSelectBy(criterion), count, rungs);
    }
}
