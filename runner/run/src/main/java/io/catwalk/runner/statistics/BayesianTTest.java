package io.catwalk.runner.statistics;

import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Computes the probabilities that a classifier is worse, practically equivalent or better than another after
 * cross-validation: the Bayesian correlated t-test (Corani and Benavoli, "A Bayesian approach for comparing
 * cross-validated algorithms on multiple data sets", 2015; Benavoli et al., "Time for a Change", 2017).
 *
 * @param worse probability that the first is worse by more than the region, 0 to 1
 * @param equivalent probability that they differ by no more than the region, 0 to 1
 * @param better probability that the first is better by more than the region, 0 to 1
 */
record BayesianTTest(double worse, double equivalent, double better) {

    /** Computes the probabilities of the difference between two classifiers' accuracies. */
    static BayesianTTest of(CorrectedTTest test, EquivalenceRegion region) {
        double below = -region.share() - test.difference();
        double above = region.share() - test.difference();
        if (test.standardError() == 0) {
            double worse = below > 0 ? 1 : 0;
            double better = above < 0 ? 1 : 0;
            return new BayesianTTest(worse, 1 - worse - better, better);
        }
        TDistribution posterior = TDistribution.of(test.degreesOfFreedom());
        double worse = posterior.cumulativeProbability(below / test.standardError());
        double better = posterior.survivalProbability(above / test.standardError());
        return new BayesianTTest(worse, Math.max(0, 1 - worse - better), better);
    }
}
