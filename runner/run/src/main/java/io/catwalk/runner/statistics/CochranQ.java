package io.catwalk.runner.statistics;

import java.util.List;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;

/**
 * Tests whether several models, evaluated on the same images, all have the same accuracy (Cochran, "The
 * comparison of percentages in matched samples", 1950).
 *
 * @param statistic Q, 0 or more
 * @param degreesOfFreedom number of models minus one
 * @param p probability of such a Q or a larger one if the models are equally accurate, 0 to 1
 */
public record CochranQ(double statistic, int degreesOfFreedom, double p) {

    /**
     * Tests models.
     *
     * @param correct for each model whether it predicts each image correctly, the images in the same order;
     *     at least 2 models
     * @return the test; Q is 0 and p is 1 where the models never differ
     */
    public static CochranQ of(List<boolean[]> correct) {
        int models = correct.size();
        if (models < 2) {
            throw new IllegalArgumentException("expected at least 2 models to compare, but found " + models);
        }
        correct.forEach(
                answers -> PairedValues.sameLength(correct.get(0).length, answers.length, "answers, one per image"));
        double total = 0;
        double modelSquares = 0;
        for (boolean[] answers : correct) {
            double right = PairedValues.count(answers);
            total += right;
            modelSquares += right * right;
        }
        double imageSquares = 0;
        for (int i = 0; i < correct.get(0).length; i++) {
            double right = 0;
            for (boolean[] answers : correct) {
                right += answers[i] ? 1 : 0;
            }
            imageSquares += right * right;
        }
        double spread = models * total - imageSquares;
        double q = spread == 0 ? 0 : (models - 1) * (models * modelSquares - total * total) / spread;
        return new CochranQ(q, models - 1, ChiSquaredDistribution.of(models - 1).survivalProbability(q));
    }
}
