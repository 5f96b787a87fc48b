package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.results.Comparison;
import io.catwalk.runner.results.Comparison.Standing;
import io.catwalk.runner.results.GeneralizationGap;
import io.catwalk.runner.results.RunResults;
import io.catwalk.runner.statistics.Outcome;
import io.catwalk.runner.statistics.PairedComparison;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
final class MultiDatasetComparisonTest {

    /** Compares the first with another; the interval of the difference is from here to 0.2. */
    private static PairedComparison pair(String second, Outcome outcome, double low) {
        return new PairedComparison(
                "a",
                second,
                PairedComparison.Test.CORRECTED_T,
                5,
                new PairedComparison.Ahead(null, null),
                new PairedComparison.Estimate(0.1, low, 0.2),
                new PairedComparison.Significance(2.0, 0.04, null),
                new PairedComparison.Chances(0.01, 0.02, 0.97),
                outcome);
    }

    private static RunResults results(List<String> classifiers, PairedComparison... pairs) {
        List<Standing> standings = classifiers.stream()
                .map(name -> new Standing(
                        name,
                        5,
                        0.9,
                        0.01,
                        0.8,
                        0.95,
                        0.9,
                        0.9,
                        null,
                        null,
                        null,
                        new GeneralizationGap(5, 0, 0, 0, 0, 0),
                        new Standing.Seconds(1, 1, 1),
                        null))
                .toList();
        Comparison comparison = new Comparison(
                Comparison.Scope.CLASSIFIERS,
                0.5,
                List.of(),
                null,
                standings,
                List.of(pairs),
                null,
                List.of(),
                List.of(),
                null,
                List.of());
        RunResults.Summary summary = new RunResults.Summary(
                "run", "compare", "2026-11-24T15:15:49Z", 1, 20, 20, List.of(), List.of(1L), 5, 1, 1, 1);
        RunResults.Dataset images =
                new RunResults.Dataset("shapes", "0".repeat(64), List.of("a", "b"), 1, 8, 8, 90, 10, 50, 25, 25);
        return new RunResults(ExperimentSpec.SCHEMA, summary, images, List.of(), comparison, null, List.of());
    }

    private static MultiDatasetComparison.DataSet only(@Nullable RunResults results) {
        ExperimentSpec request = Requests.of(
                Stream.of("a", "b", "c", "d").map(Requests::contestant).toArray(ClassifierConfig[]::new));
        Map<String, @Nullable RunResults> runs = new LinkedHashMap<>();
        runs.put("one", results);
        return MultiDatasetComparison.of("runs", request, runs).dataSets().get(0);
    }

    /** That d is worse is only probable: the interval includes 0. */
    @Test
    void theBestLeadsWithAllThatItIsNotClearlyBetterThan() {
        MultiDatasetComparison.DataSet four = only(results(
                List.of("a", "b", "c", "d"),
                pair("b", Outcome.UNDECIDED, -0.1),
                pair("c", Outcome.BETTER, 0.05),
                pair("d", Outcome.BETTER, -0.01)));

        assertThat(four.leaders()).containsExactly("a", "b", "d");
        assertThat(four.counts()).isTrue();
    }

    @Test
    void nobodyLeadsWhereTheBestIsNotCompared() {
        assertThat(only(results(List.of("a", "b"))).leaders()).isEmpty();
        assertThat(only(null).leaders()).isEmpty();
        assertThat(only(results(List.of("a"))).leaders()).as("without another").containsExactly("a");
    }
}
