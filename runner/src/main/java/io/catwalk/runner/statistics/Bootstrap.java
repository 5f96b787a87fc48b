package io.catwalk.runner.statistics;

import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.evaluation.PredictedClasses;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

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
        // An image counts by its cell of the confusion matrix alone, and most cells are empty where there are many
        // classes.
        int[] cells = new int[predictions.images()];
        for (int image = 0; image < cells.length; image++) {
            cells[image] = predictions.labels()[image] * predictions.classes()
                    + predictions.predicted()[image];
        }
        int[] filled = IntStream.of(cells).distinct().sorted().toArray();
        for (int image = 0; image < cells.length; image++) {
            cells[image] = Arrays.binarySearch(filled, cells[image]);
        }
        SplittableRandom random = new SplittableRandom(seed);
        double[] scores = new double[resamples];
        for (int r = 0; r < resamples; r++) {
            int[] counts = new int[filled.length];
            for (int draw = 0; draw < cells.length; draw++) {
                counts[cells[random.nextInt(cells.length)]]++;
            }
            scores[r] = macroF1(filled, counts, predictions.classes());
        }
        Arrays.sort(scores);
        return new Interval(quantile(scores, (1 - confidence) / 2), quantile(scores, (1 + confidence) / 2));
    }

    /** F1 needs of a class how often it is right, and how often it appears as truth and prediction. */
    private static double macroF1(int[] cells, int[] counts, int classes) {
        int[] right = new int[classes];
        int[] appearances = new int[classes];
        for (int i = 0; i < cells.length; i++) {
            int truth = cells[i] / classes;
            int predicted = cells[i] % classes;
            right[truth] += truth == predicted ? counts[i] : 0;
            appearances[truth] += counts[i];
            appearances[predicted] += counts[i];
        }
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            sum += appearances[c] == 0 ? 0 : 2.0 * right[c] / appearances[c];
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
