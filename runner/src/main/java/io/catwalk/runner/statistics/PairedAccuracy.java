package io.catwalk.runner.statistics;

import io.catwalk.runner.evaluation.Interval;
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
 * @param test exact McNemar test of the two
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
     * @param second the same for the second model, for the same images in the same order
     * @return the comparison
     * @throws IllegalArgumentException if the two have different lengths, or are empty
     */
    public static PairedAccuracy of(boolean[] first, boolean[] second) {
        return new PairedAccuracy(first.length, McNemar.of(first, second));
    }

    /**
     * Returns how much accuracy the second model loses: the accuracy of the first minus that of the second.
     *
     * @return share of images, -1 to 1; negative where the second is better
     */
    public double lost() {
        return (double) (test.onlyFirst() - test.onlySecond()) / images;
    }

    /**
     * Returns the interval of what the second model loses.
     *
     * @param confidence above 0 and below 1, such as 0.95
     * @return bounds of a share of images, -1 to 1
     */
    public Interval interval(double confidence) {
        double z = NormalDistribution.of(0, 1).inverseCumulativeProbability((1 + confidence) / 2);
        return new Interval(bound(-1, z * z), bound(1, z * z));
    }

    /**
     * Searches for the last difference that the test does not reject, between the observed one and an end of the scale.
     */
    private double bound(double end, double limit) {
        if (!refuses(end, limit)) {
            return end;
        }
        double kept = lost();
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
}
