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
        SplittableRandom random = new SplittableRandom(seed);
        double[] scores = new double[resamples];
        for (int r = 0; r < resamples; r++) {
            scores[r] = resampled(predictions, random);
        }
        Arrays.sort(scores);
        return new Interval(quantile(scores, (1 - confidence) / 2), quantile(scores, (1 + confidence) / 2));
    }

    /** Scores one draw: F1 needs of a class how often it is right, and how often it appears as truth and prediction. */
    private static double resampled(PredictedClasses predictions, SplittableRandom random) {
        int[] right = new int[predictions.classes()];
        int[] appearances = new int[right.length];
        for (int draw = 0; draw < predictions.images(); draw++) {
            int image = random.nextInt(predictions.images());
            int truth = predictions.labels()[image];
            int predicted = predictions.predicted()[image];
            right[truth] += truth == predicted ? 1 : 0;
            appearances[truth]++;
            appearances[predicted]++;
        }
        double sum = 0;
        for (int c = 0; c < right.length; c++) {
            sum += appearances[c] == 0 ? 0 : 2.0 * right[c] / appearances[c];
        }
        return sum / right.length;
    }

    private static double quantile(double[] sorted, double share) {
        double position = share * (sorted.length - 1);
        int below = (int) position;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
