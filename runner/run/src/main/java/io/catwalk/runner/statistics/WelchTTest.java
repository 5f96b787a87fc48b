package io.catwalk.runner.statistics;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.evaluation.Interval;
import org.apache.commons.statistics.distribution.TDistribution;
import org.jspecify.annotations.Nullable;

/**
 * Tests whether two architectures, each trained with several seeds on one split, have the same mean accuracy,
 * without assuming equal variances: Welch's t-test (Welch, "The generalization of 'Student's' problem
 * when several different population variances are involved", 1947), which Colas et al. recommend for seeds ("How
 * Many Random Seeds?", 2018, and "A Hitchhiker's Guide to Statistical Comparisons of Reinforcement Learning
 * Algorithms", 2019). The seeds are not paired: the same seed gives two architectures unrelated initial weights.
 *
 * @param difference mean of the first scores minus that of the second
 * @param standardError of that difference, 0 or more
 * @param degreesOfFreedom by Welch and Satterthwaite, not a whole number; infinite without any spread
 * @param p two-sided probability of such a difference or a larger one if both means are equal, 0 to 1; 1 without any
 *     spread: there is no test then, whatever the difference
 */
record WelchTTest(double difference, double standardError, double degreesOfFreedom, double p) {

    static WelchTTest of(double[] first, double[] second) {
        int fewest = Math.min(first.length, second.length);
        if (fewest < PairedComparison.FEWEST_SEEDS) {
            throw new RequestException("expected at least " + PairedComparison.FEWEST_SEEDS
                    + " seeds to compare architectures on one split, but found " + fewest
                    + ": so few do not show how much the results vary; try --seeds 5");
        }
        double difference =
                PairedValues.mean(PairedValues.atLeastTwo(first)) - PairedValues.mean(PairedValues.atLeastTwo(second));
        double ofFirst = PairedValues.variance(first) / first.length;
        double ofSecond = PairedValues.variance(second) / second.length;
        double sum = ofFirst + ofSecond;
        if (sum == 0) {
            return new WelchTTest(difference, 0, Double.POSITIVE_INFINITY, 1);
        }
        double degrees =
                sum * sum / (ofFirst * ofFirst / (first.length - 1) + ofSecond * ofSecond / (second.length - 1));
        double standardError = Math.sqrt(sum);
        double p = 2 * TDistribution.of(degrees).survivalProbability(Math.abs(difference) / standardError);
        return new WelchTTest(difference, standardError, degrees, p);
    }

    /** Returns the interval of the difference; null without any spread: the precision is not known then. */
    @Nullable
    Interval interval(double confidence) {
        if (standardError == 0) {
            return null;
        }
        return PairedValues.interval(difference, standardError, degreesOfFreedom, confidence);
    }
}
