package io.catwalk.runner.statistics;

import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.evaluation.PredictedClasses;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Bounds a metric that has no formula for its interval, by drawing the test images again and again with
 * replacement (Efron, "Bootstrap methods: another look at the jackknife", 1979; percentile method).
 */
public final class Bootstrap {

    private Bootstrap() {}

    /**
     * Bounds macro F1.
     *
     * @param predictions what a model answered to the test images
     * @param resamples how often the images are drawn; at least 100, 2000 for two stable digits
     * @param confidence above 0 and below 1, such as 0.95
     * @param seed decides the draws: the same seed gives the same interval
     * @return bounds within 0 to 1
     * @throws IllegalArgumentException if an argument is out of its range
     */
    public static Interval macroF1(PredictedClasses predictions, int resamples, double confidence, long seed) {
        if (resamples < 100) {
            throw new IllegalArgumentException("expected at least 100 resamples, but found " + resamples);
        }
        if (!(confidence > 0 && confidence < 1)) {
            throw new IllegalArgumentException("expected a confidence above 0 and below 1, but found " + confidence);
        }
        int classes = predictions.classes();
        int[] truth = predictions.labels();
        int[] predicted = predictions.predicted();
        int[] cells = new int[truth.length]; // of the confusion matrix, which is all that a score depends on
        for (int i = 0; i < cells.length; i++) {
            cells[i] = truth[i] * classes + predicted[i];
        }
        SplittableRandom random = new SplittableRandom(seed);
        double[] scores = new double[resamples];
        for (int r = 0; r < resamples; r++) {
            int[] counts = new int[classes * classes];
            for (int draw = 0; draw < cells.length; draw++) {
                counts[cells[random.nextInt(cells.length)]]++;
            }
            scores[r] = macroF1(counts, classes);
        }
        Arrays.sort(scores);
        return new Interval(quantile(scores, (1 - confidence) / 2), quantile(scores, (1 + confidence) / 2));
    }

    private static double macroF1(int[] counts, int classes) {
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            int appearances = 0; // as truth and as prediction
            for (int other = 0; other < classes; other++) {
                appearances += counts[c * classes + other] + counts[other * classes + c];
            }
            sum += appearances == 0 ? 0 : 2.0 * counts[c * classes + c] / appearances;
        }
        return sum / classes;
    }

    private static double quantile(double[] sorted, double share) {
        double position = share * (sorted.length - 1);
        int below = (int) position;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
