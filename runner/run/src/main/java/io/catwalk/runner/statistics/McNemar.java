package io.catwalk.runner.statistics;

import org.apache.commons.statistics.distribution.BinomialDistribution;

/**
 * Tests whether two models, evaluated on the same images, have the same accuracy (McNemar, "Note on the
 * sampling error of the difference between correlated proportions or percentages", 1947; exact, by the
 * binomial distribution).
 *
 * @param onlyFirst images that only the first model predicts correctly
 * @param onlySecond images that only the second model predicts correctly
 * @param p two-sided probability of a split at least as uneven if the models are equally accurate, 0 to 1
 */
public record McNemar(int onlyFirst, int onlySecond, double p) {

    /**
     * Tests by the images on which the models differ.
     *
     * @param onlyFirst images that only the first model predicts correctly, 0 or more
     * @param onlySecond images that only the second model predicts correctly, 0 or more
     * @return the test; p is 1 where the models never differ
     */
    public static McNemar of(int onlyFirst, int onlySecond) {
        if (onlyFirst < 0 || onlySecond < 0) {
            throw new IllegalArgumentException(
                    "expected counts of images, 0 or more, but found " + onlyFirst + " and " + onlySecond);
        }
        double tail = BinomialDistribution.of(Math.addExact(onlyFirst, onlySecond), 0.5)
                .cumulativeProbability(Math.min(onlyFirst, onlySecond));
        return new McNemar(onlyFirst, onlySecond, Math.min(1, 2 * tail));
    }

    /**
     * Tests by all predictions.
     *
     * @param second the same for the second model, for the same images in the same order
     */
    public static McNemar of(boolean[] first, boolean[] second) {
        Paired.sameLength(first.length, second.length, "answers, one per image");
        int onlyFirst = 0;
        int onlySecond = 0;
        for (int i = 0; i < first.length; i++) {
            onlyFirst += first[i] && !second[i] ? 1 : 0;
            onlySecond += second[i] && !first[i] ? 1 : 0;
        }
        return of(onlyFirst, onlySecond);
    }
}
