package io.catwalk.runner.statistics;

import static io.catwalk.runner.Refusals.illegal;
import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.evaluation.Predictions.PredictedClasses;
import io.catwalk.runner.statistics.PairedAccuracy.McNemar;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
class StatisticsTest {

    @Test
    void mcNemarCountsOnlyImagesOnWhichModelsDiffer() {
        boolean[] first = {true, true, false, true, false};
        boolean[] second = {true, false, true, false, false};

        assertThat(McNemar.of(first, second)).isEqualTo(new McNemar(2, 1, 1));
        illegal(() -> McNemar.of(first, new boolean[4]), "found 5 and 4");
        illegal(() -> McNemar.of(-1, 4), "-1 and 4");
    }

    @Test
    void modelsThatNeverDifferHaveAProbabilityOfOne() {
        boolean[] same = {true, false, true};

        assertThat(CochranQ.of(List.of(same, same, same))).isEqualTo(new CochranQ(0, 2, 1));
        assertThat(McNemar.of(same, same).p()).isEqualTo(1);
    }

    @Test
    void cochranNeedsTwoModelsAndTheSameImages() {
        illegal(() -> CochranQ.of(List.of(new boolean[3])), "at least 2 models");
        illegal(() -> CochranQ.of(List.of(new boolean[3], new boolean[2])), "found 3 and 2");
    }

    @Test
    void holmRefusesWhatIsNoProbability() {
        illegal(() -> PairedValues.holm(0.5, 1.1), "1.1");
        illegal(() -> PairedValues.holm(Double.NaN), "NaN");
        assertThat(PairedValues.holm()).isEmpty();
    }

    @Test
    void theTTestRefusesOneFoldUnequalFoldsAndNaN() {
        double[] two = {0.9, 0.8};
        double[] one = {0.9};
        double[] nan = {0, Double.NaN};
        illegal(() -> CorrectedTTest.of(one, one, 0.25), "at least 2 values", "found 1");
        illegal(() -> CorrectedTTest.of(two, new double[3], 0.25), "found 2 and 3");
        illegal(() -> CorrectedTTest.of(two, nan, 0.25), "NaN");
        illegal(() -> CorrectedTTest.of(two, two, 0), "above 0");
        illegal(() -> Spread.of(0.9), "at least 2 values");
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
        // The same as in baycomp's tests of a posterior without variance.
        assertThat(Posterior.ofFolds(better, EquivalenceRegion.STANDARD)).isEqualTo(new Posterior(0, 0, 1));
        assertThat(Posterior.ofFolds(better, new EquivalenceRegion(12.5))).isEqualTo(new Posterior(0, 1, 0));
        assertThat(Posterior.ofFolds(equal, EquivalenceRegion.STANDARD)).isEqualTo(new Posterior(0, 1, 0));
        assertThat(Posterior.ofFolds(CorrectedTTest.of(low, high, 0.5), EquivalenceRegion.STANDARD))
                .isEqualTo(new Posterior(1, 0, 0));
    }

    /** The mean of three times 0.1 is not 0.1 if it is the rounded sum divided by 3. */
    @Test
    void seedsWithoutSpreadShowNothing() {
        double[] chance = {0.1, 0.1, 0.1};
        double[] better = {0.7, 0.7, 0.7};

        assertThat(WelchTTest.of(chance, chance).p()).isEqualTo(1);
        assertThat(WelchTTest.of(better, chance).p()).isEqualTo(1);
        assertThat(WelchTTest.of(better, chance).standardError()).isZero();
        assertThat(WelchTTest.of(better, chance).interval(0.95)).isNull();
        // If only one varies, there are 2 degrees of freedom, for which p is 1 - t / sqrt(2 + t * t); here t * t = 108.
        assertThat(WelchTTest.of(new double[] {0.6, 0.7, 0.8}, chance).p())
                .isCloseTo(1 - Math.sqrt(108 / 110.0), within(1e-9));
        assertThat(Spread.of(chance).interval()).isEqualTo(new Interval(0.1, 0.1));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, Double.NaN, 101})
    void aRegionOutsideItsRangeIsTheUsersError(double points) {
        refused(() -> new EquivalenceRegion(points), "found " + points, "try 0.5");
    }

    @Test
    void theBootstrapDependsOnItsSeedOnly() {
        float[] logits = {1, 0, 0, 1, 0, 1, 0, 1, 1, 0};
        PredictedClasses predicted = new Predictions(2, new int[] {0, 1, 0, 1, 1}, logits).predictedClasses();

        assertThat(Bootstrap.macroF1(predicted, 100, 0.9, 7)).isEqualTo(Bootstrap.macroF1(predicted, 100, 0.9, 7));
        illegal(() -> Bootstrap.macroF1(predicted, 99, 0.9, 7), "at least 100");
        illegal(() -> Bootstrap.macroF1(predicted, 100, 1, 7), "below 1");
    }

    /** 450 of 500 classes are right: 400 have F1 1, 50 have 2/3 for a mistake of another, and 50 have 0: mean 0.8667. */
    @Test
    void classesThatAreNotDrawnDoNotLowerTheInterval() {
        int classes = 500;
        int[] labels = IntStream.range(0, 2 * classes).map(i -> i / 2).toArray();
        int[] predicted = IntStream.of(labels).map(i -> i < 450 ? i : i - 450).toArray();

        Interval interval = Objects.requireNonNull(
                Bootstrap.macroF1(new PredictedClasses(classes, labels, predicted), 200, 0.95, 0));

        assertThat(interval.contains(1300 / 1500.0)).as("%s", interval).isTrue();
    }

    /** A draw of n images misses one image with a probability of (1 - 1/n)^n, which is above 0.36 from 30 images on. */
    @Test
    void aClassWithASingleImageHasNoInterval() {
        int[] labels = IntStream.range(0, 40).map(i -> i % 2).toArray();
        assertThat(Bootstrap.macroF1(new PredictedClasses(3, labels, labels), 200, 0.95, 0))
                .isNotNull();
        labels[7] = 2;
        assertThat(Bootstrap.macroF1(new PredictedClasses(3, labels, labels), 200, 0.95, 0))
                .isNull();
    }

    /** Two of four classes have no image and are never predicted: they count as 0 in every draw, as in macro F1. */
    @Test
    void classesWithoutImagesCountAsZeroInEveryDraw() {
        int[] labels = {0, 1, 0, 1, 0, 1, 0, 1};

        assertThat(Bootstrap.macroF1(new PredictedClasses(4, labels, labels), 200, 0.95, 0))
                .isEqualTo(new Interval(0.5, 0.5));
    }

    /** Pearson's test over the numbers with ten or more expected draws; a correct sampler fails one time in 10,000. */
    @ParameterizedTest
    @CsvSource({"1, 0.5", "5, 0.9", "300, 0.37", "10000, 0.0991", "10000, 0.9999"})
    void binomialDrawsComeAsOftenAsTheirProbability(int trials, double probability) {
        int draws = 200_000;
        var random = new SplittableRandom(1);
        var seen = new int[trials + 1];
        for (int draw = 0; draw < draws; draw++) {
            seen[Bootstrap.binomial(trials, probability, random)]++;
        }

        var expected = BinomialDistribution.of(trials, probability);
        int[] common = IntStream.rangeClosed(0, trials)
                .filter(k -> draws * expected.probability(k) >= 10)
                .toArray();
        double squares = IntStream.of(common)
                .mapToDouble(
                        k -> Math.pow(seen[k] - draws * expected.probability(k), 2) / (draws * expected.probability(k)))
                .sum();
        assertThat(ChiSquaredDistribution.of(common.length).cumulativeProbability(squares))
                .isLessThan(0.9999);
        assertThat(IntStream.of(seen).sum()
                        - IntStream.of(common).map(k -> seen[k]).sum())
                .isLessThan(draws / 200);
    }
}
