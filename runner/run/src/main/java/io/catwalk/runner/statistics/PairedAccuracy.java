package io.catwalk.runner.statistics;

import io.catwalk.runner.evaluation.Interval;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * Compares the accuracy of two models on the same images, with Tango's score interval (Tango, "Equivalence
 * test and confidence interval for the difference in proportions for the paired-sample design", 1998, Statistics in
 * Medicine 17:891).
 *
 * <p>The interval holds every difference that a score test does not reject, and the score test of no difference is
 * McNemar's chi-square. So test and interval agree: where the exact test, which is the stricter one, rejects equality,
 * the interval excludes 0. Newcombe's method 10 (1998, Statistics in Medicine 17:2635), which has as good a coverage,
 * combines two Wilson intervals and does not correspond to a test. Tango's interval stays within -1 to 1, adds no
 * made-up images, and also bounds the difference of models that never differ (compared by Fagerland, Lydersen and
 * Laake, "Recommended tests and confidence intervals for paired binomial proportions", 2014).
 *
 * @param images number of images that both predicted; at least 1
 */
public record PairedAccuracy(int images, McNemar test) {

    /** This many halvings find a bound to the last bit. */
    private static final int HALVINGS = 60;

    /** Checks that no more images differ than there are. */
    public PairedAccuracy {
        if (images < 1 || (long) test.onlyFirst() + test.onlySecond() > images) {
            throw new IllegalArgumentException(
                    "expected answers to at least 1 image, of which at most all differ, but found " + images
                            + " images, "
                            + test.onlyFirst() + " that only the first got right and " + test.onlySecond()
                            + " that only the second did");
        }
    }

    /**
     * Compares by all predictions.
     *
     * @param first whether the first model predicts each image correctly; at least one image
     */
    public static PairedAccuracy of(boolean[] first, boolean[] second) {
        return new PairedAccuracy(first.length, McNemar.of(first, second));
    }

    /** Returns the accuracy of the first minus that of the second, -1 to 1. */
    public double difference() {
        return (double) (test.onlyFirst() - test.onlySecond()) / images;
    }

    /** Returns the interval of the difference, for a confidence such as 0.95. */
    public Interval interval(double confidence) {
        double z = NormalDistribution.of(0, 1).inverseCumulativeProbability((1 + confidence) / 2);
        return new Interval(bound(-1, z * z), bound(1, z * z));
    }

    /**
     * Estimates how many images tell on which side of a limit the difference is. The discordance, the share of images that
     * only one of the two gets right, is assumed to stay, and a difference of pairs to have that variance (Connor,
     * "Sample size for testing differences in proportions for the paired-sample design", 1987, Biometrics 43:207; for a
     * limit other than 0: Nam, "Establishing equivalence of two treatments and sample size requirements in
     * matched-pairs design", 1997, Biometrics 53:1422): (z + z of the power)^2 * discordance / distance^2. The distance
     * is the whole limit, as for models of equal accuracy; if that many images were not enough, then the difference is near
     * the limit, and the distance is that from the difference seen. Without any discordant image, the interval itself says how
     * many are needed: its upper bound is then z^2 / (images + z^2).
     *
     * @param limit difference, 0 to 1
     * @param confidence of the interval, above 0 and below 1
     * @param power probability that the images will tell, above 0.5 and below 1
     * @return a number above {@link #images}; infinite if no number tells
     */
    public double imagesToTell(double limit, double confidence, double power) {
        NormalDistribution normal = NormalDistribution.of(0, 1);
        double z = normal.inverseCumulativeProbability((1 + confidence) / 2);
        double sum = z + normal.inverseCumulativeProbability(power);
        double scaled = sum * sum * (test.onlyFirst() + test.onlySecond()) / images;
        double needed = Math.max(scaled / (limit * limit), z * z * (1 - limit) / limit);
        if (Double.isNaN(needed) || limit == 0) {
            return Double.POSITIVE_INFINITY;
        }
        double distance = limit - difference();
        return needed > images ? needed : Math.max(images + 1.0, scaled / (distance * distance));
    }

    /**
     * Searches for the last difference that the test does not reject, between the observed one and an end of the scale.
     */
    private double bound(double end, double limit) {
        if (!refuses(end, limit)) {
            return end;
        }
        double kept = difference();
        double refused = end;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (kept + refused) / 2;
            if (refuses(middle, limit)) {
                refused = middle;
            } else {
                kept = middle;
            }
        }
        return kept;
    }

    /** Returns whether the square of the score statistic is above a limit. */
    private boolean refuses(double difference, double limit) {
        double distance = test.onlyFirst() - test.onlySecond() - images * difference;
        double variance = 2 * onlySecondGiven(difference) + difference * (1 - difference);
        return distance * distance > limit * images * variance;
    }

    /** Returns the likeliest share of images that only the second model predicts correctly, for a given difference. */
    private double onlySecondGiven(double difference) {
        double a = 2.0 * images;
        double b = (a - test.onlyFirst() + test.onlySecond()) * difference - test.onlyFirst() - test.onlySecond();
        double c = -test.onlySecond() * difference * (1 - difference);
        return (Math.sqrt(Math.max(0, b * b - 4 * a * c)) - b) / (2 * a);
    }

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

        /** Tests by all predictions. */
        public static McNemar of(boolean[] first, boolean[] second) {
            PairedValues.sameLength(first.length, second.length, "answers, one per image");
            int onlyFirst = 0;
            int onlySecond = 0;
            for (int i = 0; i < first.length; i++) {
                onlyFirst += first[i] && !second[i] ? 1 : 0;
                onlySecond += second[i] && !first[i] ? 1 : 0;
            }
            return of(onlyFirst, onlySecond);
        }
    }
}
