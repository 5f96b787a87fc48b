package io.catwalk.runner.statistics;

import io.catwalk.runner.evaluation.Interval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares two classifiers, by the test that fits what was observed of both.
 *
 * @param observations number of images, of seeds of the first, of folds or of data sets
 * @param onlyFirst images that only the first predicts correctly, or data sets on which it is more accurate; null for
 *     other tests
 * @param onlySecond the same for the second
 * @param statistic t of the test; null for tests without one, and where nothing varies
 * @param difference accuracy of the first minus that of the second, -1 to 1
 * @param low lower bound of the 95 % interval of the difference, which is for this pair alone: Tango's for images,
 *     Welch's over seeds, that of the corrected t-test over folds; null over data sets, and if nothing varies over the
 *     seeds
 * @param p two-sided probability of such a difference or a larger one if both are equal, for this pair alone; null over
 *     data sets
 * @param adjustedP the same, corrected by Holm's method for all pairs compared together; null over folds and data sets
 * @param worse probability that the first is worse by more than the region; null for tests without probabilities
 * @param equivalent probability that they differ by no more
 * @param better probability that the first is better by more
 */
public record PairedComparison(
        String first,
        String second,
        Test test,
        int observations,
        @Nullable Integer onlyFirst,
        @Nullable Integer onlySecond,
        @Nullable Double statistic,
        double difference,
        @Nullable Double low,
        @Nullable Double high,
        @Nullable Double p,
        @Nullable Double adjustedP,
        @Nullable Double worse,
        @Nullable Double equivalent,
        @Nullable Double better,
        Outcome outcome) {

    /**
     * With fewer seeds there is no test. From three on, the rate of false alarms is close to the level: simulated with
     * spreads that differ by up to ten times, and with one seed in ten that fails, it is at most 5.6 % at the level of
     * 5 %.
     */
    public static final int FEWEST_SEEDS = 3;

    private static final double LEVEL = 0.05;
    private static final double CONFIDENCE = 1 - LEVEL;

    public enum Test {
        /** Exact McNemar test of two networks on the same images. */
        MCNEMAR,
        WELCH,
        /** Corrected t-test over folds, with the Bayesian correlated t-test. */
        CORRECTED_T,
        /** Bayesian signed-rank test over data sets. */
        SIGNED_RANK
    }

    /**
     * Compares trained networks, each with each that follows it.
     *
     * @param correct for each network whether it predicts each test image correctly, the images in the same order
     */
    public static List<PairedComparison> ofModels(List<String> names, List<boolean[]> correct) {
        Paired.sameLength(names.size(), correct.size(), "names as models");
        List<int[]> pairs = Paired.pairs(names.size());
        List<PairedAccuracy> tests = pairs.stream()
                .map(pair -> PairedAccuracy.of(correct.get(pair[0]), correct.get(pair[1])))
                .toList();
        double[] adjusted = Paired.holm(
                tests.stream().mapToDouble(accuracy -> accuracy.test().p()).toArray());
        List<PairedComparison> compared = new ArrayList<>();
        for (int i = 0; i < adjusted.length; i++) {
            PairedAccuracy accuracy = tests.get(i);
            Interval interval = accuracy.interval(CONFIDENCE);
            compared.add(new PairedComparison(
                    names.get(pairs.get(i)[0]),
                    names.get(pairs.get(i)[1]),
                    Test.MCNEMAR,
                    accuracy.images(),
                    accuracy.test().onlyFirst(),
                    accuracy.test().onlySecond(),
                    null,
                    accuracy.difference(),
                    interval.low(),
                    interval.high(),
                    accuracy.test().p(),
                    adjusted[i],
                    null,
                    null,
                    null,
                    decided(adjusted[i], accuracy.difference())));
        }
        return compared;
    }

    /**
     * Compares architectures that were trained with several seeds on one split, each with each that follows it.
     *
     * @param accuracies for each architecture its accuracy with each seed, 0 to 1
     */
    public static List<PairedComparison> ofSeeds(List<String> names, List<double[]> accuracies) {
        Paired.sameLength(names.size(), accuracies.size(), "names as architectures");
        List<int[]> pairs = Paired.pairs(names.size());
        List<WelchTTest> tests = pairs.stream()
                .map(pair -> WelchTTest.of(accuracies.get(pair[0]), accuracies.get(pair[1])))
                .toList();
        double[] adjusted =
                Paired.holm(tests.stream().mapToDouble(WelchTTest::p).toArray());
        List<PairedComparison> compared = new ArrayList<>();
        for (int i = 0; i < adjusted.length; i++) {
            WelchTTest test = tests.get(i);
            Interval interval = test.interval(CONFIDENCE);
            compared.add(new PairedComparison(
                    names.get(pairs.get(i)[0]),
                    names.get(pairs.get(i)[1]),
                    Test.WELCH,
                    accuracies.get(pairs.get(i)[0]).length,
                    null,
                    null,
                    interval == null ? null : (Double) (test.difference() / test.standardError()),
                    test.difference(),
                    interval == null ? null : (Double) interval.low(),
                    interval == null ? null : (Double) interval.high(),
                    test.p(),
                    adjusted[i],
                    null,
                    null,
                    null,
                    decided(adjusted[i], test.difference())));
        }
        return compared;
    }

    /**
     * Compares classifiers over the same folds of a cross-validation, each with each that follows it.
     *
     * @param accuracies for each classifier its accuracy in each fold, 0 to 1, the folds in the same order
     * @param testShare images of one fold's test part divided by images of its training part, above 0
     */
    public static List<PairedComparison> ofFolds(
            List<String> names, List<double[]> accuracies, double testShare, EquivalenceRegion region) {
        Paired.sameLength(names.size(), accuracies.size(), "names as classifiers");
        List<PairedComparison> pairs = new ArrayList<>();
        for (int[] pair : Paired.pairs(names.size())) {
            var test = CorrectedTTest.of(accuracies.get(pair[0]), accuracies.get(pair[1]), testShare);
            Posterior posterior = Posterior.ofFolds(test, region);
            Interval interval = test.interval(CONFIDENCE);
            pairs.add(new PairedComparison(
                    names.get(pair[0]),
                    names.get(pair[1]),
                    Test.CORRECTED_T,
                    accuracies.get(pair[0]).length,
                    null,
                    null,
                    Double.isFinite(test.statistic()) ? (Double) test.statistic() : null,
                    test.difference(),
                    interval.low(),
                    interval.high(),
                    test.p(),
                    null,
                    posterior.worse(),
                    posterior.equivalent(),
                    posterior.better(),
                    posterior.outcome()));
        }
        return pairs;
    }

    /**
     * Compares classifiers over several data sets, each with each that follows it.
     *
     * @param scores (data sets, classifiers), 0 to 1
     */
    public static List<PairedComparison> ofDataSets(List<String> names, double[][] scores, EquivalenceRegion region) {
        CriticalDifference.requireEnough(scores.length);
        for (double[] row : scores) {
            Paired.sameLength(names.size(), row.length, "names as scores");
        }
        List<PairedComparison> pairs = new ArrayList<>();
        for (int[] pair : Paired.pairs(names.size())) {
            double[] differences = Arrays.stream(scores)
                    .mapToDouble(row -> row[pair[0]] - row[pair[1]])
                    .toArray();
            var posterior = Posterior.ofDataSets(differences, region);
            pairs.add(new PairedComparison(
                    names.get(pair[0]),
                    names.get(pair[1]),
                    Test.SIGNED_RANK,
                    scores.length,
                    count(differences, 1),
                    count(differences, -1),
                    null,
                    Paired.mean(differences),
                    null,
                    null,
                    null,
                    null,
                    posterior.worse(),
                    posterior.equivalent(),
                    posterior.better(),
                    posterior.outcome()));
        }
        return pairs;
    }

    private static int count(double[] differences, int sign) {
        return (int) Arrays.stream(differences)
                .filter(one -> Paired.order(one, 0) * sign > 0)
                .count();
    }

    /** Decides at the 5 percent level; none is equivalent. */
    private static Outcome decided(double adjustedP, double difference) {
        return adjustedP >= LEVEL ? Outcome.UNDECIDED : difference > 0 ? Outcome.BETTER : Outcome.WORSE;
    }

    public PairedComparison reversed() {
        return new PairedComparison(
                /* first= */ second,
                /* second= */ first,
                test,
                observations,
                /* onlyFirst= */ onlySecond,
                /* onlySecond= */ onlyFirst,
                statistic == null ? null : (Double) (-statistic),
                -difference,
                high == null ? null : (Double) (-high),
                low == null ? null : (Double) (-low),
                p,
                adjustedP,
                /* worse= */ better,
                equivalent,
                /* better= */ worse,
                switch (outcome) {
                    case BETTER -> Outcome.WORSE;
                    case WORSE -> Outcome.BETTER;
                    case EQUIVALENT, UNDECIDED -> outcome;
                });
    }

    /** Returns the probability that the outcome is decided by: the corrected one, if there is one. */
    public @Nullable Double decidingP() {
        return adjustedP == null ? p : adjustedP;
    }

    /**
     * Returns whether one is better by the probability, but not by the interval, which includes 0: the probability is
     * one-sided.
     */
    public boolean onlyProbable() {
        return better != null
                && (outcome == Outcome.BETTER || outcome == Outcome.WORSE)
                && low != null
                && high != null
                && low <= 0
                && high >= 0;
    }

    /** Returns whether the first is better, and not only probably. */
    public boolean clearlyBetter() {
        return outcome == Outcome.BETTER && !onlyProbable();
    }

    /**
     * Returns whether the interval excludes 0 although the outcome is undecided: the test corrects for all pairs or is
     * exact, or over folds the difference may be within the region.
     */
    public boolean stricterThanInterval() {
        return outcome == Outcome.UNDECIDED && low != null && high != null && (low > 0 || high < 0);
    }
}
