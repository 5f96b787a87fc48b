package io.catwalk.runner.statistics;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.catwalk.runner.evaluation.Interval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Compares two classifiers, by the test that fits what was observed of both.
 *
 * @param observations number of images, of seeds of the first, of folds or of data sets
 */
public record PairedComparison(
        String first,
        String second,
        Test test,
        int observations,
        @JsonUnwrapped Ahead ahead,
        @JsonUnwrapped Estimate estimate,
        @JsonUnwrapped Significance significance,
        @JsonUnwrapped Chances chances,
        Outcome outcome) {

    /** Images that only one predicts correctly, or data sets on which it is more accurate; null for other tests. */
    public record Ahead(
            @Nullable Integer onlyFirst, @Nullable Integer onlySecond) {}

    /**
     * How far they are apart.
     *
     * @param difference accuracy of the first minus that of the second, -1 to 1
     * @param low lower bound of its 95 % interval, which is for this pair alone: Tango's for images, Welch's over seeds,
     *     that of the corrected t-test over folds; null over data sets, and if nothing varies over the seeds
     */
    public record Estimate(
            double difference,
            @Nullable Double low,
            @Nullable Double high) {

        static Estimate of(double difference, @Nullable Interval interval) {
            return interval == null
                    ? new Estimate(difference, null, null)
                    : new Estimate(difference, interval.low(), interval.high());
        }
    }

    /**
     * How rare such a difference or a larger one is if both are equal; all null over data sets.
     *
     * @param statistic t of the test; null for tests without one, and where nothing varies
     * @param p two-sided probability, for this pair alone
     * @param adjustedP the same, corrected by Holm's method for all pairs compared together; null over folds
     */
    public record Significance(
            @Nullable Double statistic,
            @Nullable Double p,
            @Nullable Double adjustedP) {

        static Significance of(double statistic, double p) {
            return new Significance(Double.isFinite(statistic) ? (Double) statistic : null, p, null);
        }
    }

    /**
     * Probabilities, which are null for tests without them.
     *
     * @param worse probability that the first is worse by more than the region
     * @param equivalent probability that they differ by no more
     * @param better probability that the first is better by more
     */
    public record Chances(
            @Nullable Double worse,
            @Nullable Double equivalent,
            @Nullable Double better) {

        static Chances of(Posterior posterior) {
            return new Chances(posterior.worse(), posterior.equivalent(), posterior.better());
        }
    }

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
        PairedValues.sameLength(names.size(), correct.size(), "names as models");
        List<PairedComparison> pairs = new ArrayList<>();
        for (int[] pair : PairedValues.pairs(names.size())) {
            PairedAccuracy accuracy = PairedAccuracy.of(correct.get(pair[0]), correct.get(pair[1]));
            pairs.add(new PairedComparison(
                    names.get(pair[0]),
                    names.get(pair[1]),
                    Test.MCNEMAR,
                    accuracy.images(),
                    new Ahead(accuracy.test().onlyFirst(), accuracy.test().onlySecond()),
                    Estimate.of(accuracy.difference(), accuracy.interval(CONFIDENCE)),
                    new Significance(null, accuracy.test().p(), null),
                    new Chances(null, null, null),
                    Outcome.UNDECIDED));
        }
        return corrected(pairs);
    }

    /**
     * Compares architectures that were trained with several seeds on one split, each with each that follows it.
     *
     * @param accuracies for each architecture its accuracy with each seed, 0 to 1
     */
    public static List<PairedComparison> ofSeeds(List<String> names, List<double[]> accuracies) {
        PairedValues.sameLength(names.size(), accuracies.size(), "names as architectures");
        List<PairedComparison> pairs = new ArrayList<>();
        for (int[] pair : PairedValues.pairs(names.size())) {
            WelchTTest test = WelchTTest.of(accuracies.get(pair[0]), accuracies.get(pair[1]));
            pairs.add(new PairedComparison(
                    names.get(pair[0]),
                    names.get(pair[1]),
                    Test.WELCH,
                    accuracies.get(pair[0]).length,
                    new Ahead(null, null),
                    Estimate.of(test.difference(), test.interval(CONFIDENCE)),
                    Significance.of(test.difference() / test.standardError(), test.p()),
                    new Chances(null, null, null),
                    Outcome.UNDECIDED));
        }
        return corrected(pairs);
    }

    /** Corrects the probabilities for all pairs, and decides by them at the 5 percent level; none is equivalent. */
    private static List<PairedComparison> corrected(List<PairedComparison> pairs) {
        double[] adjusted = PairedValues.holm(pairs.stream()
                .mapToDouble(pair -> Objects.requireNonNull(pair.significance.p))
                .toArray());
        return IntStream.range(0, adjusted.length)
                .mapToObj(i -> pairs.get(i).decided(adjusted[i]))
                .toList();
    }

    private PairedComparison decided(double adjustedP) {
        Outcome decided = difference() > 0 ? Outcome.BETTER : Outcome.WORSE;
        return new PairedComparison(
                first,
                second,
                test,
                observations,
                ahead,
                estimate,
                new Significance(significance.statistic, significance.p, adjustedP),
                chances,
                adjustedP >= LEVEL ? Outcome.UNDECIDED : decided);
    }

    /**
     * Compares classifiers over the same folds of a cross-validation, each with each that follows it.
     *
     * @param accuracies for each classifier its accuracy in each fold, 0 to 1, the folds in the same order
     * @param testShare images of one fold's test part divided by images of its training part, above 0
     */
    public static List<PairedComparison> ofFolds(
            List<String> names, List<double[]> accuracies, double testShare, EquivalenceRegion region) {
        PairedValues.sameLength(names.size(), accuracies.size(), "names as classifiers");
        List<PairedComparison> pairs = new ArrayList<>();
        for (int[] pair : PairedValues.pairs(names.size())) {
            var test = CorrectedTTest.of(accuracies.get(pair[0]), accuracies.get(pair[1]), testShare);
            Posterior posterior = Posterior.ofFolds(test, region);
            pairs.add(new PairedComparison(
                    names.get(pair[0]),
                    names.get(pair[1]),
                    Test.CORRECTED_T,
                    accuracies.get(pair[0]).length,
                    new Ahead(null, null),
                    Estimate.of(test.difference(), test.interval(CONFIDENCE)),
                    Significance.of(test.statistic(), test.p()),
                    Chances.of(posterior),
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
            PairedValues.sameLength(names.size(), row.length, "names as scores");
        }
        List<PairedComparison> pairs = new ArrayList<>();
        for (int[] pair : PairedValues.pairs(names.size())) {
            double[] differences = Arrays.stream(scores)
                    .mapToDouble(row -> row[pair[0]] - row[pair[1]])
                    .toArray();
            var posterior = Posterior.ofDataSets(differences, region);
            pairs.add(new PairedComparison(
                    names.get(pair[0]),
                    names.get(pair[1]),
                    Test.SIGNED_RANK,
                    scores.length,
                    new Ahead(count(differences, 1), count(differences, -1)),
                    Estimate.of(PairedValues.mean(differences), null),
                    new Significance(null, null, null),
                    Chances.of(posterior),
                    posterior.outcome()));
        }
        return pairs;
    }

    private static int count(double[] differences, int sign) {
        return (int) Arrays.stream(differences)
                .filter(one -> PairedValues.order(one, 0) * sign > 0)
                .count();
    }

    public PairedComparison reversed() {
        return new PairedComparison(
                second,
                first,
                test,
                observations,
                new Ahead(ahead.onlySecond, ahead.onlyFirst),
                new Estimate(-estimate.difference, negative(estimate.high), negative(estimate.low)),
                new Significance(negative(significance.statistic), significance.p, significance.adjustedP),
                new Chances(chances.better, chances.equivalent, chances.worse),
                switch (outcome) {
                    case BETTER -> Outcome.WORSE;
                    case WORSE -> Outcome.BETTER;
                    case EQUIVALENT, UNDECIDED -> outcome;
                });
    }

    private static @Nullable Double negative(@Nullable Double number) {
        return number == null ? null : (Double) (-number);
    }

    public double difference() {
        return estimate.difference;
    }

    public @Nullable Double low() {
        return estimate.low;
    }

    public @Nullable Double high() {
        return estimate.high;
    }

    /** Returns the probability that the outcome is decided by: the corrected one, if there is one. */
    public @Nullable Double decidingP() {
        return significance.adjustedP == null ? significance.p : significance.adjustedP;
    }

    /**
     * Returns whether one is better by the probability, but not by the interval, which includes 0: the probability is
     * one-sided.
     */
    public boolean onlyProbable() {
        return chances.better != null
                && (outcome == Outcome.BETTER || outcome == Outcome.WORSE)
                && low() != null
                && !excludesZero();
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
        return outcome == Outcome.UNDECIDED && excludesZero();
    }

    private boolean excludesZero() {
        return estimate.low != null && estimate.high != null && (estimate.low > 0 || estimate.high < 0);
    }
}
