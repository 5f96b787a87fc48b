package io.catwalk.runner.statistics;

import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.evaluation.Predictions;
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
    public static Interval macroF1(Predictions predictions, int resamples, double confidence, long seed) {
        if (resamples < 100) {
            throw new IllegalArgumentException("expected at least 100 resamples, but found " + resamples);
        }
        if (!(confidence > 0 && confidence < 1)) {
            throw new IllegalArgumentException("expected a confidence above 0 and below 1, but found " + confidence);
        }
        int[] truth = predictions.labels();
        int[] predicted = predictions.predicted();
        SplittableRandom random = new SplittableRandom(seed);
        double[] scores = new double[resamples];
        for (int r = 0; r < resamples; r++) {
            scores[r] = resample(truth, predicted, predictions.classes(), random);
        }
        Arrays.sort(scores);
        return new Interval(quantile(scores, (1 - confidence) / 2), quantile(scores, (1 + confidence) / 2));
    }

    private static double resample(int[] truth, int[] predicted, int classes, SplittableRandom random) {
        int[] hits = new int[classes];
        int[] appearances = new int[classes]; // as truth and as prediction
        for (int draw = 0; draw < truth.length; draw++) {
            int i = random.nextInt(truth.length);
            appearances[truth[i]]++;
            appearances[predicted[i]]++;
            if (truth[i] == predicted[i]) {
                hits[truth[i]]++;
            }
        }
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            sum += appearances[c] == 0 ? 0 : 2.0 * hits[c] / appearances[c];
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
