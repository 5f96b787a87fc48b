package io.catwalk.runner.statistics;

import io.catwalk.runner.evaluation.Interval;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Tests whether two classifiers have the same score over cross-validation, with a correction for training sets that
 * overlap: the corrected resampled t-test (Nadeau and Bengio, "Inference for the Generalization Error",
 * 2003; for repeated cross-validation Bouckaert and Frank, 2004).
 *
 * @param difference mean of the first scores minus the second
 * @param standardError corrected standard error of that mean, 0 or more
 * @param degreesOfFreedom number of folds minus one
 */
public record CorrectedTTest(double difference, double standardError, int degreesOfFreedom) {

    /**
     * Tests paired scores.
     *
     * @param testShare images of one fold's test part divided by images of its training part, above 0; 1 / (k - 1) for
     *     k folds
     */
    public static CorrectedTTest of(double[] first, double[] second, double testShare) {
        double[] differences = PairedValues.differences(first, second);
        if (!(testShare > 0 && testShare < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "expected a ratio of test to training images above 0, but found " + testShare);
        }
        double factor = 1.0 / differences.length + testShare;
        return new CorrectedTTest(
                PairedValues.mean(differences),
                Math.sqrt(factor * PairedValues.variance(differences)),
                differences.length - 1);
    }

    /** Returns t, the difference in standard errors; 0 for no difference, infinite for a difference without spread. */
    public double statistic() {
        return difference == 0 ? 0 : difference / standardError;
    }

    /** Returns the two-sided probability of such a t or a larger one if the classifiers are equal, 0 to 1. */
    public double p() {
        return 2 * TDistribution.of(degreesOfFreedom).survivalProbability(Math.abs(statistic()));
    }

    /** Returns the interval of the difference, for a confidence such as 0.95. */
    public Interval interval(double confidence) {
        return PairedValues.interval(difference, standardError, degreesOfFreedom, confidence);
    }
}
