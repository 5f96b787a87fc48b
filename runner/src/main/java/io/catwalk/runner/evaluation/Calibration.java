package io.catwalk.runner.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Measures how well a model's confidence matches its accuracy (Guo, Pleiss, Sun and Weinberger, "On Calibration of
 * Modern Neural Networks", 2017), in bins of equal width, as published, and in bins of equal mass.
 *
 * <p>In bins of equal width, most images of a good model lie in the last bin, and other bins hold too few to say
 * anything. Bins of equal mass hold the same number of images each, and their error is the less biased estimate (Nguyen
 * and O'Connor, "Posterior calibration and exploratory analysis for natural language processing models", 2015; Roelofs,
 * Cain, Shlens and Mozer, "Mitigating Bias in Calibration Error Estimation", 2022).
 *
 * @param expectedError expected calibration error over the bins of equal width: the gap between confidence and
 *     accuracy, averaged over all images, 0 to 1
 * @param reliability the reliability curve in 15 bins of equal width, by rising confidence; bins without images are
 *     left out
 * @param equalMassError the same error over the bins of equal mass, 0 to 1
 * @param equalMass the reliability curve in bins of equal mass, by rising confidence: 15, or fewer so that each has
 *     50 images, if there are as many; images of equal confidence share a bin
 */
public record Calibration(double expectedError, List<Bin> reliability, double equalMassError, List<Bin> equalMass) {

    private static final int BINS = 15;

    /** With this many images, the 95 % interval of an accuracy of 0.9 is 0.17 wide. */
    private static final int FEWEST_IMAGES = 50;

    /** Copies the lists. */
    public Calibration {
        reliability = List.copyOf(reliability);
        equalMass = List.copyOf(equalMass);
    }

    /**
     * Holds the images of similar confidence.
     *
     * @param low lower edge of their confidence: for bins of equal width an exclusive bound; for bins of equal mass the
     *     lowest confidence in the bin
     * @param high highest confidence that the bin may hold; for bins of equal mass, that it holds
     * @param images number of images; at least 1
     * @param confidence their mean confidence, 0 to 1
     * @param accuracy share of them predicted correctly, 0 to 1
     * @param accuracyLow lower bound of its 95 % Wilson interval
     * @param accuracyHigh upper bound
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
        IntPredicate right = image -> truth[image] == predicted[image];
        List<Bin> equalWidth = equalWidth(right, confidence);
        List<Bin> equalMass = equalMass(right, confidence);
        return new Calibration(error(equalWidth), equalWidth, error(equalMass), equalMass);
    }

    private static double error(List<Bin> bins) {
        return bins.stream().mapToDouble(Bin::gap).sum()
                / bins.stream().mapToInt(Bin::images).sum();
    }

    private static List<Bin> equalWidth(IntPredicate right, double[] confidence) {
        int[] images = new int[BINS];
        int[] correct = new int[BINS];
        double[] sum = new double[BINS];
        for (int i = 0; i < confidence.length; i++) {
            int bin = Math.min(BINS, (int) Math.ceil(confidence[i] * BINS)) - 1;
            images[bin]++;
            correct[bin] += right.test(i) ? 1 : 0;
            sum[bin] += confidence[i];
        }
        return IntStream.range(0, BINS)
                .filter(b -> images[b] > 0)
                .mapToObj(b -> bin((double) b / BINS, (b + 1.0) / BINS, images[b], correct[b], sum[b]))
                .toList();
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
            while (to < rising.length && confidence[rising[to]] == confidence[rising[to - 1]]) {
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

    private static Bin bin(IntPredicate right, double[] confidence, int[] rising, int from, int to) {
        int correct = 0;
        double sum = 0;
        for (int i = from; i < to; i++) {
            correct += right.test(rising[i]) ? 1 : 0;
            sum += confidence[rising[i]];
        }
        return bin(confidence[rising[from]], confidence[rising[to - 1]], to - from, correct, sum);
    }

    private static Bin bin(double low, double high, int images, int correct, double sum) {
        Accuracy accuracy = Accuracy.of(images, correct);
        return new Bin(low, high, images, sum / images, accuracy.share(), accuracy.low(), accuracy.high());
    }
}
