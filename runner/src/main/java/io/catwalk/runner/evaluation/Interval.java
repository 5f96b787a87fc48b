package io.catwalk.runner.evaluation;

import org.apache.commons.statistics.interval.BinomialConfidenceInterval;

/**
 * Bounds a number from both sides.
 *
 * @param low the lower bound
 * @param high the upper bound; at least {@code low}
 */
public record Interval(double low, double high) {

    /** Checks the order of the bounds. */
    public Interval {
        if (!(low <= high)) {
            throw new IllegalArgumentException("expected low <= high, but found " + low + " and " + high);
        }
    }

    /**
     * Bounds a proportion by its Wilson score interval (Wilson, "Probable Inference", 1927), without
     * continuity correction.
     *
     * @param successes 0 to {@code trials}
     * @param trials at least 1
     * @param confidence above 0 and below 1, such as 0.95
     * @return bounds within 0 to 1
     * @throws IllegalArgumentException if an argument is out of its range
     */
    public static Interval wilson(int successes, int trials, double confidence) {
        var interval = BinomialConfidenceInterval.WILSON_SCORE.fromErrorRate(trials, successes, 1 - confidence);
        return new Interval(interval.getLowerBound(), interval.getUpperBound());
    }

    /**
     * Tells whether a number lies within, bounds included.
     *
     * @param value any number
     * @return whether it does
     */
    public boolean contains(double value) {
        return low <= value && value <= high;
    }
}
