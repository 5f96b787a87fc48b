package io.catwalk.runner.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.statistics.ParetoFront.Better;
import io.catwalk.runner.statistics.ParetoFront.Objective;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
class StatisticsTest {

    @Test
    void mcNemarCountsOnlyImagesOnWhichModelsDiffer() {
        boolean[] first = {true, true, false, true, false};
        boolean[] second = {true, false, true, false, false};

        assertThat(McNemar.of(first, second)).isEqualTo(new McNemar(2, 1, 1));
        assertThatThrownBy(() -> McNemar.of(first, new boolean[4])).hasMessageContaining("found 5 and 4");
        assertThatThrownBy(() -> McNemar.of(-1, 4)).hasMessageContaining("-1 and 4");
    }

    @Test
    void modelsThatNeverDifferHaveAProbabilityOfOne() {
        boolean[] same = {true, false, true};

        assertThat(CochranQ.of(List.of(same, same, same))).isEqualTo(new CochranQ(0, 2, 1));
        assertThat(McNemar.of(same, same).p()).isEqualTo(1);
    }

    @Test
    void cochranNeedsTwoModelsAndTheSameImages() {
        assertThatThrownBy(() -> CochranQ.of(List.of(new boolean[3]))).hasMessageContaining("at least 2 models");
        assertThatThrownBy(() -> CochranQ.of(List.of(new boolean[3], new boolean[2])))
                .hasMessageContaining("found 3 and 2");
    }

    @Test
    void holmRefusesWhatIsNoProbability() {
        assertThatThrownBy(() -> Holm.adjust(0.5, 1.1)).hasMessageContaining("1.1");
        assertThatThrownBy(() -> Holm.adjust(Double.NaN)).hasMessageContaining("NaN");
        assertThat(Holm.adjust()).isEmpty();
    }

    @Test
    void theTTestRefusesOneFoldUnequalFoldsAndNaN() {
        double[] two = {0.9, 0.8};
        assertThatThrownBy(() -> CorrectedTTest.of(new double[] {0.9}, new double[] {0.8}, 0.25))
                .hasMessageContaining("at least 2 values")
                .hasMessageContaining("found 1");
        assertThatThrownBy(() -> CorrectedTTest.of(two, new double[3], 0.25)).hasMessageContaining("found 2 and 3");
        assertThatThrownBy(() -> CorrectedTTest.of(two, new double[] {0, Double.NaN}, 0.25))
                .hasMessageContaining("NaN");
        assertThatThrownBy(() -> CorrectedTTest.of(two, two, 0)).hasMessageContaining("above 0");
        assertThatThrownBy(() -> Spread.of(0.9)).hasMessageContaining("at least 2 values");
    }

    @Test
    void differencesWithoutSpreadAreCertain() {
        double[] low = {0.5, 0.25, 0.75};
        double[] high = {0.625, 0.375, 0.875};
        CorrectedTTest better = CorrectedTTest.of(high, low, 0.5);
        CorrectedTTest equal = CorrectedTTest.of(low, low, 0.5);

        assertThat(better.p()).isZero();
        assertThat(equal.p()).isEqualTo(1);
        assertThat(better.interval(0.95)).isEqualTo(new Interval(0.125, 0.125));
        // The same as baycomp's tests say of a posterior without variance.
        assertThat(BayesianTTest.of(better, EquivalenceRegion.STANDARD)).isEqualTo(new BayesianTTest(0, 0, 1));
        assertThat(BayesianTTest.of(better, new EquivalenceRegion(12.5))).isEqualTo(new BayesianTTest(0, 1, 0));
        assertThat(BayesianTTest.of(equal, EquivalenceRegion.STANDARD)).isEqualTo(new BayesianTTest(0, 1, 0));
        assertThat(BayesianTTest.of(CorrectedTTest.of(low, high, 0.5), EquivalenceRegion.STANDARD))
                .isEqualTo(new BayesianTTest(1, 0, 0));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, Double.NaN, 101})
    void aRegionOutsideItsRangeIsTheUsersError(double points) {
        assertThatThrownBy(() -> new EquivalenceRegion(points))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("found " + points)
                .hasMessageContaining("try 0.5");
    }

    @Test
    void theBootstrapDependsOnItsSeedOnly() {
        var predictions = new Predictions(2, new int[] {0, 1, 0, 1, 1}, new float[] {1, 0, 0, 1, 0, 1, 0, 1, 1, 0});

        Interval once = Bootstrap.macroF1(predictions, 100, 0.9, 7);

        assertThat(Bootstrap.macroF1(predictions, 100, 0.9, 7)).isEqualTo(once);
        assertThatThrownBy(() -> Bootstrap.macroF1(predictions, 99, 0.9, 7)).hasMessageContaining("at least 100");
        assertThatThrownBy(() -> Bootstrap.macroF1(predictions, 100, 1, 7)).hasMessageContaining("below 1");
    }

    private record Model(String name, double accuracy, double milliseconds) {}

    @Test
    void theParetoFrontKeepsWhatNothingBeatsAndEqualsTogether() {
        var best = new Model("best", 0.94, 5);
        var fast = new Model("fast", 0.90, 1);
        var twin = new Model("twin", 0.90, 1);
        var slow = new Model("slow", 0.90, 2);
        var bad = new Model("bad", 0.80, 1);
        List<Objective<Model>> objectives = List.of(
                new Objective<>(Better.HIGHER, Model::accuracy), new Objective<>(Better.LOWER, Model::milliseconds));

        assertThat(ParetoFront.of(List.of(slow, fast, bad, best, twin), objectives))
                .containsExactly(fast, best, twin);
        assertThatThrownBy(() -> ParetoFront.of(List.of(bad, new Model("none", Double.NaN, 1)), objectives))
                .hasMessageContaining("none");
        assertThatThrownBy(() -> ParetoFront.of(List.of(bad), List.of())).hasMessageContaining("1 objective");
    }

    @Test
    void criticalDifferenceIsRefusedBelowFiveDataSets() {
        assertThatThrownBy(() -> CriticalDifference.of(List.of("a", "b"), new double[4][2], 0.05))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("at least 5 data sets")
                .hasMessageContaining("found 4");
    }

    @Test
    void criticalDifferenceRefusesRaggedScores() {
        assertThatThrownBy(() -> CriticalDifference.of(List.of("a", "b"), new double[5][3], 0.05))
                .hasMessageContaining("found 2 and 3");
        assertThatThrownBy(() -> CriticalDifference.of(List.of("a"), new double[5][1], 0.05))
                .hasMessageContaining("at least 2 classifiers");
        assertThatThrownBy(() -> CriticalDifference.of(List.of("a", "b"), new double[5][2], 0))
                .hasMessageContaining("level");
    }

    @Test
    void groupsAreTheLargestSetsOfNeighboursWithinTheCriticalDifference() {
        // Ranks 1, 2, 3, 4 on every data set; with 10 data sets the difference is 1.483 (q 2.569, Demsar's table 5).
        double[][] scores = new double[10][];
        java.util.Arrays.fill(scores, new double[] {0.7, 0.9, 0.6, 0.8});

        CriticalDifference result = CriticalDifference.of(List.of("c", "a", "d", "b"), scores, 0.05);

        assertThat(result.difference()).isCloseTo(2.569 * Math.sqrt(20 / 60.0), within(5e-4));
        assertThat(result.groups()).containsExactly(List.of("a", "b"), List.of("b", "c"), List.of("c", "d"));
        assertThat(result.verdict()).startsWith("a ranks significantly above d: average ranks 1.00 (a) to 4.00 (d)");
    }

    @Test
    void equalScoresEverywhereGiveOneGroup() {
        CriticalDifference result = CriticalDifference.of(List.of("a", "b", "c"), new double[6][3], 0.05);

        assertThat(result.friedman()).isZero();
        assertThat(result.p()).isEqualTo(1);
        assertThat(result.groups()).containsExactly(List.of("a", "b", "c"));
        assertThat(result.verdict()).startsWith("no two classifiers differ significantly");
    }
}
