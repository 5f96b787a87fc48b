package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.experiment.MadeUpComparison;
import io.catwalk.runner.results.Comparison;
import io.catwalk.runner.results.Comparison.Incomplete;
import io.catwalk.runner.results.Comparison.Round;
import io.catwalk.runner.results.Comparison.Scope;
import io.catwalk.runner.results.Comparison.Standing;
import io.catwalk.runner.results.RunResults;
import io.catwalk.runner.statistics.Outcome;
import io.catwalk.runner.statistics.PairedComparison;
import io.catwalk.runner.statistics.PairedComparison.Test;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
class ComparisonWordsTest {

    private static ComparisonWords words(Comparison comparison) {
        RunResults.Summary summary = new RunResults.Summary(
                "run", "compare", "2024-01-01T00:00:00Z", 1, 3, 3, List.of(), List.of(1L), 0, 1, 2, 1);
        RunResults.Dataset images =
                new RunResults.Dataset("shapes", "", List.of("a", "b"), 1, 8, 8, 135, 15, 32, 16, 16);
        return new ComparisonWords(
                comparison, new RunResults(1, summary, images, List.of(), comparison, null, List.of()));
    }

    private static Comparison comparison(Scope scope, double accuracy, List<PairedComparison> pairs) {
        List<Standing> standings = Stream.of("conv", "gru", "rnn")
                .map(name -> MadeUpComparison.standing(name, accuracy, 0.893, 1))
                .toList();
        return MadeUpComparison.of(scope, standings, pairs);
    }

    /** Makes the pairs of conv with gru and rnn; by folds an outcome with a question mark is only probable. */
    private static List<PairedComparison> pairs(Scope scope, String outcomes) {
        List<PairedComparison> pairs = new ArrayList<>();
        String[] each = outcomes.split(" ", -1);
        for (int i = 0; i < each.length; i++) {
            Outcome outcome = Outcome.valueOf(each[i].replace("?", ""));
            String second = i == 0 ? "gru" : "rnn";
            boolean folds = scope == Scope.CLASSIFIERS;
            pairs.add(new PairedComparison(
                    "conv",
                    second,
                    folds ? Test.CORRECTED_T : Test.MCNEMAR,
                    4,
                    new PairedComparison.Ahead(1, 2),
                    new PairedComparison.Estimate(0.03, each[i].endsWith("?") ? -0.01 : 0.01, 0.07),
                    new PairedComparison.Significance(null, 0.04, folds ? null : (Double) 0.04),
                    folds
                            ? new PairedComparison.Chances(0.01, 0.03, 0.96)
                            : new PairedComparison.Chances(null, null, null),
                    outcome));
        }
        return pairs;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            MODELS      | BETTER BETTER        | significantly better than each of the others on these images
            MODELS      | UNDECIDED UNDECIDED  | No clear winner: conv, gru and rnn on these images
            MODELS      | UNDECIDED BETTER     | does not clearly differ from gru, and is significantly better than rnn
            CLASSIFIERS | BETTER BETTER        | is better than each of the others by these folds
            CLASSIFIERS | BETTER? BETTER       | is probably better than gru, and is better than rnn by these folds
            CLASSIFIERS | EQUIVALENT EQUIVALENT| conv, gru and rnn are practically equivalent by these folds
            CLASSIFIERS | EQUIVALENT UNDECIDED | No clear winner: conv, gru and rnn by these folds
            """)
    void theHeadlineClaimsNoMoreThanThePairs(Scope scope, String outcomes, String expected) {
        String headline = words(comparison(scope, 0.9, pairs(scope, outcomes))).headline();

        assertThat(headline).contains(expected, "90.00 %", "95 % interval 89.3 to 100.0");
        if (scope == Scope.CLASSIFIERS) {
            assertThat(headline).doesNotContain("significant");
        }
    }

    @org.junit.jupiter.api.Test
    void whereAllAreRightNoneIsNamedFirst() {
        assertThat(words(comparison(Scope.MODELS, 1, pairs(Scope.MODELS, "UNDECIDED UNDECIDED")))
                        .headline())
                .isEqualTo("All 3 classify all 32 test images correctly (95 % interval 89.3 to 100).");
    }

    @org.junit.jupiter.api.Test
    void seedsThatReachTheSameHaveNoIntervalOfASingleNumber() {
        List<Standing> standings = List.of(MadeUpComparison.standing("conv", 0.9, 0.9, 0.9));

        assertThat(words(MadeUpComparison.of(Scope.SEEDS, standings, List.of())).headline())
                .contains("90.00 % (the same in each)");
    }

    @org.junit.jupiter.api.Test
    void thatTrialsAreMissingIsSaidFirst() {
        Comparison whole = comparison(Scope.SEEDS, 0.9, List.of());
        Comparison part = MadeUpComparison.of(
                Scope.SEEDS, whole.standings(), List.of(), null, new Incomplete(9, 4, List.of(new Round(7, 0))));

        assertThat(words(part).headline()).startsWith("Only 4 of 9 trials are done: all numbers are of seed 7");
        assertThat(words(whole).incomplete()).isEmpty();
    }
}
