package io.catwalk.runner.evaluation;

import java.util.ArrayList;
import java.util.List;

/**
 * Says how far a model's confidence can be believed (Guo, Pleiss, Sun and Weinberger, "On Calibration of
 * Modern Neural Networks", 2017).
 *
 * @param expectedError expected calibration error: the gap between confidence and accuracy, averaged over
 *     all images, 0 to 1
 * @param reliability the reliability curve, by rising confidence; bins without images are left out
 */
public record Calibration(double expectedError, List<Bin> reliability) {

    private static final int BINS = 15;

    /** Keeps the bins as they are. */
    public Calibration {
        reliability = List.copyOf(reliability);
    }

    /**
     * Gathers the images whose confidence is above {@code low} and at most {@code high}.
     *
     * @param low lower edge
     * @param high upper edge
     * @param images how many; at least 1
     * @param confidence their mean confidence, 0 to 1
     * @param accuracy share of them predicted rightly, 0 to 1
     */
    public record Bin(double low, double high, int images, double confidence, double accuracy) {}

    static Calibration of(int[] truth, int[] predicted, double[] confidence) {
        int[] images = new int[BINS];
        int[] correct = new int[BINS];
        double[] sum = new double[BINS];
        for (int i = 0; i < truth.length; i++) {
            int bin = Math.min(BINS, (int) Math.ceil(confidence[i] * BINS)) - 1;
            images[bin]++;
            correct[bin] += truth[i] == predicted[i] ? 1 : 0;
            sum[bin] += confidence[i];
        }
        double error = 0;
        List<Bin> bins = new ArrayList<>();
        for (int b = 0; b < BINS; b++) {
            if (images[b] > 0) {
                error += Math.abs(correct[b] - sum[b]) / truth.length;
                bins.add(new Bin(
                        (double) b / BINS,
                        (b + 1.0) / BINS,
                        images[b],
                        sum[b] / images[b],
                        (double) correct[b] / images[b]));
            }
        }
        return new Calibration(error, bins);
    }
}
