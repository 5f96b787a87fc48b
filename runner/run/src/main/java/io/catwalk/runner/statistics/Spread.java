package io.catwalk.runner.statistics;

import io.catwalk.runner.evaluation.Interval;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Summarizes one score over several seeds.
 *
 * @param count number of seeds; at least 2
 * @param standardDeviation unbiased standard deviation of the scores, 0 or more
 * @param interval 95 % interval of the mean, by Student's distribution
 */
public record Spread(int count, double mean, double standardDeviation, Interval interval) {

    public static Spread of(double... scores) {
        double mean = PairedValues.mean(PairedValues.atLeastTwo(scores));
        double deviation = Math.sqrt(PairedValues.variance(scores));
        double half = TDistribution.of(scores.length - 1).inverseSurvivalProbability(0.025)
                * deviation
                / Math.sqrt(scores.length);
        return new Spread(scores.length, mean, deviation, new Interval(mean - half, mean + half));
    }
}
