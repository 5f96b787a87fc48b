package io.catwalk.runner.statistics;

import io.catwalk.runner.evaluation.Interval;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.TDistribution;

/** Helps with paired values: scores of the same folds, predictions of the same images. */
public final class PairedValues {

    /** Means and differences of shares are not exact in binary. */
    private static final double SAME = 1e-12;

    private PairedValues() {}

    /**
     * Compares two shares, or means or differences of shares, as {@link Double#compare} does, but takes those for equal
     * that differ only by rounding.
     */
    public static int order(double first, double second) {
        return Math.abs(first - second) <= SAME ? 0 : Double.compare(first, second);
    }

    /** Subtracts the second scores from the first, fold by fold. */
    static double[] differences(double[] first, double[] second) {
        sameLength(first.length, second.length, "scores, one per fold");
        return atLeastTwo(IntStream.range(0, first.length)
                .mapToDouble(i -> first[i] - second[i])
                .toArray());
    }

    static double[] atLeastTwo(double[] values) {
        if (values.length < 2) {
            throw new IllegalArgumentException("expected at least 2 values, because one has no spread, but found "
                    + values.length + "; use more folds or seeds");
        }
        for (double value : values) {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("expected finite values, but found " + value);
            }
        }
        return values;
    }

    /** Counts the values that are true. */
    public static int count(boolean[] values) {
        int count = 0;
        for (boolean value : values) {
            count += value ? 1 : 0;
        }
        return count;
    }

    static void sameLength(int first, int second, String what) {
        if (first != second) {
            throw new IllegalArgumentException("expected as many " + what
                    + ", on both sides of a comparison, but found " + first + " and " + second);
        }
    }

    /** Returns the index pairs (0, 1), (0, 2) to (count - 2, count - 1). */
    static List<int[]> pairs(int count) {
        List<int[]> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            for (int j = i + 1; j < count; j++) {
                pairs.add(new int[] {i, j});
            }
        }
        return pairs;
    }

    /** Returns the mean; of equal values exactly their value, so that they have no spread. */
    static double mean(double[] values) {
        double rounded = DoubleStream.of(values).sum() / values.length;
        double error = 0;
        for (double value : values) {
            error += value - rounded;
        }
        return rounded + error / values.length;
    }

    /** Returns the interval of a mean by Student's distribution. */
    static Interval interval(double mean, double standardError, double degreesOfFreedom, double confidence) {
        double half =
                standardError * TDistribution.of(degreesOfFreedom).inverseSurvivalProbability((1 - confidence) / 2);
        return new Interval(mean - half, mean + half);
    }

    /** Returns the unbiased variance, divided by one less than the number of values. */
    static double variance(double[] values) {
        double mean = mean(values);
        double sum = 0;
        for (double value : values) {
            sum += (value - mean) * (value - mean);
        }
        return sum / (values.length - 1);
    }

    /**
     * Adjusts the probabilities of tests done together, so that the chance of any false alarm among them stays bounded
     * (Holm, "A simple sequentially rejective multiple test procedure", 1979).
     *
     * @param p each test's probability, 0 to 1
     * @return adjusted probabilities in the same order: compare each with the one level meant for all
     */
    public static double[] holm(double... p) {
        for (double value : p) {
            if (!(value >= 0 && value <= 1)) {
                throw new IllegalArgumentException("expected probabilities from 0 to 1, but found " + value);
            }
        }
        List<Integer> rising = IntStream.range(0, p.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> p[i]))
                .toList();
        double[] adjusted = new double[p.length];
        double highest = 0;
        for (int rank = 0; rank < p.length; rank++) {
            int i = rising.get(rank);
            highest = Math.max(highest, Math.min(1, (p.length - rank) * p[i]));
            adjusted[i] = highest;
        }
        return adjusted;
    }
}
