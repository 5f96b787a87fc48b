package io.catwalk.runner.statistics;

import org.apache.commons.statistics.distribution.NormalDistribution;

/** Computes the distribution of the range of several standard normal numbers, on which Nemenyi's test is based. */
final class StudentizedRange {

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
