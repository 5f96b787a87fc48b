package io.catwalk.runner.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Measures how well a model's confidence matches its accuracy (Guo, Pleiss, Sun and Weinberger, "On Calibration of
 * Modern Neural Networks", 2017), in bins of equal mass.
 *
 * <p>In bins of equal width, as published, most images of a good model lie in the last bin, and other bins hold too few
 * to say anything. Bins of equal mass hold the same number of images each, and their error is the less biased estimate
 * (Nguyen and O'Connor, "Posterior calibration and exploratory analysis for natural language processing models", 2015;
 * Roelofs, Cain, Shlens and Mozer, "Mitigating Bias in Calibration Error Estimation", 2022).
 *
 * @param expectedError expected calibration error: the gap between confidence and accuracy of a bin, averaged over all
 *     images, 0 to 1
 * @param reliability the reliability curve, by rising confidence: 15 bins, or fewer so that each has 50 images, if
 *     there are as many; images of equal confidence share a bin
 */
public record Calibration(double expectedError, List<Bin> reliability) {

    private static final int BINS = 15;

    /** Confidences are equal if they are to nine digits: programs that round otherwise find the same bins. */
    private static final double NINE_DIGITS = 1e9;

    /** With this many images, the 95 % interval of an accuracy of 0.9 is 0.17 wide. */
    private static final int FEWEST_IMAGES = 50;

    /**
     * Holds the images of similar confidence.
     *
     * @param confidence their mean confidence, 0 to 1
     * @param accuracy share of them predicted correctly, 0 to 1
     * @param accuracyLow lower bound of its 95 % Wilson interval
     */
    public record Bin(
            double low,
            double high,
            int images,
            double confidence,
            double accuracy,
            double accuracyLow,
            double accuracyHigh) {

        private double gap() {
            return images * Math.abs(accuracy - confidence);
        }
    }

    static Calibration of(int[] truth, int[] predicted, double[] confidence) {
        List<Bin> bins = equalMass(image -> truth[image] == predicted[image], confidence);
        return new Calibration(bins.stream().mapToDouble(Bin::gap).sum() / confidence.length, bins);
    }

    private static List<Bin> equalMass(IntPredicate right, double[] confidence) {
        int[] rising = IntStream.range(0, confidence.length)
                .boxed()
                .sorted(Comparator.comparingDouble(image -> confidence[image]))
                .mapToInt(Integer::intValue)
                .toArray();
        int bins = Math.max(1, Math.min(BINS, rising.length / FEWEST_IMAGES));
        int fewest = Math.max(1, Math.min(FEWEST_IMAGES, rising.length));
        List<Bin> filled = new ArrayList<>();
        int from = 0;
        for (int b = 1; b <= bins; b++) {
            int to = (int) ((long) b * rising.length / bins);
            while (to < rising.length && digits(confidence[rising[to]]) == digits(confidence[rising[to - 1]])) {
                to++;
            }
            // Equal confidences make a bin larger, so that too few images may be left for the bins behind it.
            if (rising.length - to < fewest) {
                to = rising.length;
            }
            if (to - from >= fewest) {
                filled.add(bin(right, confidence, rising, from, to));
                from = to;
            }
        }
        return filled;
    }

    private static double digits(double confidence) {
        return Math.rint(confidence * NINE_DIGITS);
    }

    private static Bin bin(IntPredicate right, double[] confidence, int[] rising, int from, int to) {
        int correct = 0;
        double sum = 0;
        for (int i = from; i < to; i++) {
            correct += right.test(rising[i]) ? 1 : 0;
            sum += confidence[rising[i]];
        }
        Accuracy accuracy = Accuracy.of(to - from, correct);
        return new Bin(
                confidence[rising[from]],
                confidence[rising[to - 1]],
                to - from,
                sum / (to - from),
                accuracy.share(),
                accuracy.low(),
                accuracy.high());
    }
}
