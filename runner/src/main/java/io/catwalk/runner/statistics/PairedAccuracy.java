package io.catwalk.runner.statistics;

import io.catwalk.runner.evaluation.Interval;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * Bounds how much less accurate one model is than another on the same images (Agresti and Min, "Simple improved confidence
 * intervals for comparing matched proportions", 2005: half an image is added to each of the four cells, so that models that
 * never differ have an interval, too).
 *
 * @param images number of images that both were asked about; at least 1
 * @param test exact McNemar test of the two
 */
public record PairedAccuracy(int images, McNemar test) {

    /**
     * Compares by all answers.
     *
     * @param first whether the first model predicts each image rightly; at least one image
     * @param second the same of the second model, for the same images in the same order
     * @return the comparison
     * @throws IllegalArgumentException if the two have different lengths, or none
     */
    public static PairedAccuracy of(boolean[] first, boolean[] second) {
        if (first.length == 0) {
            throw new IllegalArgumentException("expected answers to at least 1 image, but found none");
        }
        return new PairedAccuracy(first.length, McNemar.of(first, second));
    }

    /**
     * Returns what the second model loses against the first.
     *
     * @return share of images, -1 to 1; negative where the second is better
     */
    public double lost() {
        return (double) (test.onlyFirst() - test.onlySecond()) / images;
    }

    /**
     * Bounds what the second model loses.
     *
     * @param confidence above 0 and below 1, such as 0.95
     * @return bounds of a share of images
     */
    public Interval interval(double confidence) {
        double all = images + 2.0;
        double uneven = test.onlyFirst() - test.onlySecond();
        double differing = test.onlyFirst() + test.onlySecond() + 1.0;
        double error = Math.sqrt(differing - uneven * uneven / all) / all;
        double width = error * NormalDistribution.of(0, 1).inverseCumulativeProbability((1 + confidence) / 2);
        return new Interval(uneven / all - width, uneven / all + width);
    }
}
