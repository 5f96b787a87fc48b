package io.catwalk.runner.statistics;

import io.catwalk.runner.RequestException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * Ranks classifiers over several data sets, and says which ranks differ by more than chance: Friedman's test
 * followed by Nemenyi's (Demsar, "Statistical Comparisons of Classifiers over Multiple Data Sets", 2006).
 *
 * @param ranks the classifiers with their average ranks, the best first
 * @param friedman Friedman's chi-square, corrected for ties, 0 or more
 * @param p its probability if the classifiers are equal, 0 to 1
 * @param difference two classifiers whose average ranks differ by at least this much differ significantly
 * @param groups largest sets of neighbours in rank that do not differ significantly, as the bars of a diagram
 */
public record CriticalDifference(
        List<Rank> ranks, double friedman, double p, double difference, List<List<String>> groups) {

    /** With fewer data sets there is no diagram. */
    public static final int FEWEST_DATA_SETS = 5;

    /**
     * Holds one classifier's rank.
     *
     * @param average its rank averaged over the data sets; 1 is the best
     */
    public record Rank(String classifier, double average) {}

    /**
     * Ranks classifiers.
     *
     * @param names the classifiers' names; at least 2
     * @param scores (data sets, classifiers), 0 to 1, higher is better; equal scores share their ranks
     * @param level probability of any false alarm, above 0 and below 1, such as 0.05
     */
    public static CriticalDifference of(List<String> names, double[][] scores, double level) {
        check(names, scores, level);
        int count = names.size();
        double[] averages = new double[count];
        double ties = 0;
        for (double[] row : scores) {
            double[] ranks = ranks(row);
            for (int c = 0; c < count; c++) {
                averages[c] += ranks[c] / scores.length;
                ties += tied(row, c);
            }
        }
        List<Rank> ranks = IntStream.range(0, count)
                .mapToObj(c -> new Rank(names.get(c), averages[c]))
                .sorted(Comparator.comparingDouble(Rank::average))
                .toList();
        double difference = StudentizedRange.inverseSurvivalProbability(count, level)
                / Math.sqrt(2)
                * Math.sqrt(count * (count + 1) / (6.0 * scores.length));
        double friedman = friedman(averages, scores.length, ties);
        double p = ChiSquaredDistribution.of(count - 1).survivalProbability(friedman);
        return new CriticalDifference(ranks, friedman, p, difference, groups(ranks, difference));
    }

    static void requireEnough(int dataSets) {
        if (dataSets < FEWEST_DATA_SETS) {
            throw new RequestException("expected at least " + FEWEST_DATA_SETS
                    + " data sets for a critical-difference diagram, but found " + dataSets
                    + ": ranks over so few say nothing about classifiers; use crossval, or add data sets");
        }
    }

    private static void check(List<String> names, double[][] scores, double level) {
        requireEnough(scores.length);
        if (names.size() < 2) {
            throw new IllegalArgumentException("expected at least 2 classifiers to rank, but found " + names.size());
        }
        for (double[] row : scores) {
            PairedValues.sameLength(names.size(), row.length, "names as scores");
            PairedValues.atLeastTwo(row);
        }
        if (!(level > 0 && level < 1)) {
            throw new IllegalArgumentException("expected a level above 0 and below 1, but found " + level);
        }
    }

    /** Ranks one data set's scores, the highest first; equal scores share the mean of their ranks. */
    private static double[] ranks(double[] scores) {
        double[] ranks = new double[scores.length];
        for (int c = 0; c < scores.length; c++) {
            ranks[c] = 0.5;
            for (double other : scores) {
                int order = PairedValues.order(other, scores[c]);
                ranks[c] += order > 0 ? 1 : order == 0 ? 0.5 : 0;
            }
        }
        return ranks;
    }

    /** Computes one score's part in the correction for ties: summed over t equal scores it gives t cubed minus t. */
    private static double tied(double[] scores, int index) {
        double equals = 0;
        for (double other : scores) {
            equals += PairedValues.order(other, scores[index]) == 0 ? 1 : 0;
        }
        return equals * equals - 1;
    }

    private static double friedman(double[] averages, int dataSets, double ties) {
        int count = averages.length;
        double correction = 1 - ties / (dataSets * (double) count * (count * count - 1));
        if (correction <= 0) {
            return 0; // all classifiers have the same score on every data set
        }
        double sum = 0;
        for (double average : averages) {
            sum += (average - (count + 1) / 2.0) * (average - (count + 1) / 2.0);
        }
        return 12.0 * dataSets / (count * (count + 1)) * sum / correction;
    }

    private static List<List<String>> groups(List<Rank> ranks, double difference) {
        List<List<String>> groups = new ArrayList<>();
        int covered = 0;
        for (int from = 0; from < ranks.size(); from++) {
            int to = from + 1;
            while (to < ranks.size()
                    && ranks.get(to).average() - ranks.get(from).average() < difference) {
                to++;
            }
            if (to > from + 1 && to > covered) {
                groups.add(
                        ranks.subList(from, to).stream().map(Rank::classifier).toList());
                covered = to;
            }
        }
        return groups;
    }

    /** Computes the distribution of the range of several standard normal numbers, on which Nemenyi's test is based. */
    static final class StudentizedRange {

        private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);
        /** The trapezoid rule converges exponentially on this integrand: a step of 1/32 leaves only rounding. */
        private static final double STEP = 1.0 / 32;

        private static final double EDGE = 9;

        private StudentizedRange() {}

        /**
         * Computes the probability that the range of {@code count} numbers is at most {@code range}: the
         * integral over the lowest number of its density times the chance that all others lie above it and
         * within the range.
         */
        static double cumulativeProbability(int count, double range) {
            double sum = 0;
            for (double lowest = -EDGE; lowest <= EDGE; lowest += STEP) {
                sum += NORMAL.density(lowest) * Math.pow(NORMAL.probability(lowest, lowest + range), count - 1);
            }
            return count * sum * STEP;
        }

        /** Finds the range that is exceeded with the given probability, by bisection. */
        static double inverseSurvivalProbability(int count, double probability) {
            double low = 0;
            double high = 100;
            while (high - low > 1e-12) {
                double middle = (low + high) / 2;
                if (1 - cumulativeProbability(count, middle) > probability) {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            return (low + high) / 2;
        }
    }
}
