package io.catwalk.runner.experiment;

import io.catwalk.runner.results.Comparison;
import io.catwalk.runner.results.Comparison.NoPairs;
import io.catwalk.runner.results.Comparison.Scope;
import io.catwalk.runner.results.Comparison.Standing;
import io.catwalk.runner.results.GeneralizationGap;
import io.catwalk.runner.statistics.CochranQ;
import io.catwalk.runner.statistics.Outcome;
import io.catwalk.runner.statistics.PairedComparison;
import io.catwalk.runner.statistics.PairedComparison.Test;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Comparisons with numbers that are set by hand. */
public final class MadeUpComparison {

    private MadeUpComparison() {}

    public static Standing standing(String classifier, double accuracy, double low, double high) {
        return standing(classifier, 1, accuracy, null, low, high);
    }

    public static Standing standing(
            String classifier, int trials, double accuracy, @Nullable Double deviation, double low, double high) {
        var gap = new GeneralizationGap(1, 0.09, 0.07, 0.11, 0.1, 0.2);
        var seconds = new Standing.Seconds(60, 60, 60);
        return new Standing(
                classifier,
                trials,
                accuracy,
                deviation,
                low,
                high,
                accuracy,
                accuracy,
                null,
                null,
                null,
                gap,
                seconds,
                null);
    }

    public static PairedComparison pair(String first, String second, Outcome outcome) {
        return new PairedComparison(
                first,
                second,
                Test.MCNEMAR,
                100,
                new PairedComparison.Ahead(3, 2),
                new PairedComparison.Estimate(0.005, -0.02, 0.03),
                new PairedComparison.Significance(null, 0.04, 0.04),
                new PairedComparison.Chances(null, null, null),
                outcome);
    }

    public static Comparison of(Scope scope, List<Standing> standings, List<PairedComparison> pairs) {
        return of(scope, standings, pairs, null, null);
    }

    public static Comparison of(
            Scope scope,
            List<Standing> standings,
            List<PairedComparison> pairs,
            @Nullable CochranQ all,
            Comparison.@Nullable Incomplete incomplete) {
        NoPairs reason = pairs.isEmpty() ? NoPairs.NO_PREDICTIONS : null;
        return new Comparison(
                scope, 0.5, List.of(), all, standings, pairs, reason, List.of(), List.of(), incomplete, List.of());
    }
}
