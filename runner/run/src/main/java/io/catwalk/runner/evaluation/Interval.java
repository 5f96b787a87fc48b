package io.catwalk.runner.evaluation;

import org.apache.commons.statistics.interval.BinomialConfidenceInterval;

/**
 * An interval between two bounds.
 *
 * @param high the upper bound; at least {@code low}
 */
public record Interval(double low, double high) {

    public Interval {
        if (!(low <= high)) {
            throw new IllegalArgumentException("expected low <= high, but found " + low + " and " + high);
        }
    }

    /**
     * Computes the Wilson score interval of a proportion (Wilson, "Probable Inference", 1927), without
     * continuity correction.
     *
     * @param successes 0 to {@code trials}
     * @param trials at least 1
     * @param confidence above 0 and below 1, such as 0.95
     * @return bounds within 0 to 1
     */
    public static Interval wilson(int successes, int trials, double confidence) {
        var interval = BinomialConfidenceInterval.WILSON_SCORE.fromErrorRate(trials, successes, 1 - confidence);
        return new Interval(interval.getLowerBound(), interval.getUpperBound());
    }

    /**
     * Computes the interval of the difference between two proportions of different images (Newcombe, "Interval
     * estimation for the difference between independent proportions: comparison of eleven methods", 1998, Statistics in
     * Medicine 17:873, method 10: from the Wilson intervals of both).
     *
     * @param confidence above 0 and below 1, such as 0.95
     * @return bounds of the first proportion minus the second, within -1 to 1
     */
    public static Interval newcombe(int first, int firstTrials, int second, int secondTrials, double confidence) {
        Interval one = wilson(first, firstTrials, confidence);
        Interval other = wilson(second, secondTrials, confidence);
        double share = (double) first / firstTrials;
        double otherShare = (double) second / secondTrials;
        double difference = share - otherShare;
        return new Interval(
                difference - Math.hypot(share - one.low, other.high - otherShare),
                difference + Math.hypot(one.high - share, otherShare - other.low));
    }

    /** Tells whether a number lies within the interval, bounds included. */
    public boolean contains(double value) {
        return low <= value && value <= high;
    }
}
