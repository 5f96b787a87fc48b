package io.catwalk.runner.statistics;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * The probabilities that a classifier is worse, practically equivalent or better than another. They sum to 1.
 *
 * @param worse probability that the first is worse by more than the region, 0 to 1
 * @param equivalent probability that they differ by no more than the region, 0 to 1
 * @param better probability that the first is better by more than the region, 0 to 1
 */
record Posterior(double worse, double equivalent, double better) {

    /** With this many draws, a probability is accurate to within 0.0045, two standard deviations at 0.5. */
    private static final int DRAWS = 50_000;

    /** Smallest probability of an outcome that is decided. */
    private static final double SURE = 0.95;

    /**
     * Computes the probabilities after cross-validation: the Bayesian correlated t-test (Corani and Benavoli, "A
     * Bayesian approach for comparing cross-validated algorithms on multiple data sets", 2015; Benavoli et al., "Time
     * for a Change", 2017).
     */
    static Posterior ofFolds(CorrectedTTest test, EquivalenceRegion region) {
        double below = -region.share() - test.difference();
        double above = region.share() - test.difference();
        if (test.standardError() == 0) {
            double worse = below > 0 ? 1 : 0;
            double better = above < 0 ? 1 : 0;
            return new Posterior(worse, 1 - worse - better, better);
        }
        TDistribution posterior = TDistribution.of(test.degreesOfFreedom());
        double worse = posterior.cumulativeProbability(below / test.standardError());
        double better = posterior.survivalProbability(above / test.standardError());
        return new Posterior(worse, Math.max(0, 1 - worse - better), better);
    }

    /**
     * Computes the probabilities on a further data set like those that the classifiers were compared on: the Bayesian
     * signed-rank test (Benavoli et al., "A Bayesian Wilcoxon signed-rank test based on the Dirichlet process", 2014;
     * with a region of practical equivalence in "Time for a Change", 2017).
     *
     * <p>The differences of the data sets, and one additional difference of 0 as the prior, get weights from a
     * Dirichlet distribution; the prior has half the weight of a data set. The weights of the pairs whose mean is below,
     * within and above the region are added up. A probability is the share of the draws in which that side has the
     * largest weight.
     *
     * @param differences the first classifier's accuracy minus the second's, on each data set, -1 to 1; at least one
     * @return the same for the same differences
     */
    static Posterior ofDataSets(double[] differences, EquivalenceRegion region) {
        if (differences.length < 1 || !Arrays.stream(differences).allMatch(Double::isFinite)) {
            throw new IllegalArgumentException(
                    "expected finite differences of at least 1 data set, but found " + Arrays.toString(differences));
        }
        double[] points = Arrays.copyOf(differences, differences.length + 1); // the last is the prior's 0
        double[][] above = shares(points, 1, 2 * region.share());
        double[][] below = shares(points, -1, 2 * region.share());
        SplittableRandom random = new SplittableRandom(0);
        double[] weights = new double[points.length];
        double[] most = new double[3];
        for (int draw = 0; draw < DRAWS; draw++) {
            draw(weights, random);
            double better = product(weights, above);
            double worse = product(weights, below);
            count(most, worse, 1 - worse - better, better);
        }
        return new Posterior(most[0] / DRAWS, most[1] / DRAWS, most[2] / DRAWS);
    }

    /** Returns the outcome whose probability is at least 0.95; undecided if there is none. */
    Outcome outcome() {
        if (better >= SURE) {
            return Outcome.BETTER;
        }
        if (worse >= SURE) {
            return Outcome.WORSE;
        }
        return equivalent >= SURE ? Outcome.EQUIVALENT : Outcome.UNDECIDED;
    }

    /**
     * Tells for each pair of points whether its sum, in the given direction, is above the limit: 1, 0, or half if
     * equal.
     */
    private static double[][] shares(double[] points, int direction, double limit) {
        double[][] shares = new double[points.length][points.length];
        for (int i = 0; i < points.length; i++) {
            for (int j = 0; j < points.length; j++) {
                int over = PairedValues.order(direction * (points[i] + points[j]), limit);
                shares[i][j] = over > 0 ? 1 : over < 0 ? 0 : 0.5;
            }
        }
        return shares;
    }

    /**
     * Draws from the Dirichlet distribution: gamma variables of shape 1 and, for the prior, 1/2, divided by their sum.
     */
    private static void draw(double[] weights, SplittableRandom random) {
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            double exponential = -Math.log(1 - random.nextDouble());
            // A gamma variable of shape 1/2 is half the square of a normal one, here by the method of Box and Muller.
            double turn = i == weights.length - 1 ? Math.cos(Math.PI * random.nextDouble()) : 1;
            weights[i] = exponential * turn * turn;
            sum += weights[i];
        }
        for (int i = 0; i < weights.length; i++) {
            weights[i] /= sum;
        }
    }

    private static double product(double[] weights, double[][] shares) {
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            double row = 0;
            for (int j = 0; j < weights.length; j++) {
                row += weights[j] * shares[i][j];
            }
            sum += weights[i] * row;
        }
        return sum;
    }

    /** Counts a draw for the side with the largest weight, in equal parts where several are equal. */
    private static void count(double[] most, double... sides) {
        double highest = Math.max(sides[0], Math.max(sides[1], sides[2]));
        int equals = 0;
        for (double side : sides) {
            equals += PairedValues.order(side, highest) == 0 ? 1 : 0;
        }
        for (int i = 0; i < sides.length; i++) {
            most[i] += PairedValues.order(sides[i], highest) == 0 ? 1.0 / equals : 0;
        }
    }
}
