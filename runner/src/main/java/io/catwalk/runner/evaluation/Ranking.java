package io.catwalk.runner.evaluation;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Measures how high the truth ranks among the answers. */
final class Ranking {

    private Ranking() {}

    /**
     * Averages the cross entropy of the truth, in nats. Computed from the logits, so that even a
     * certain and wrong answer costs what it costs, where scikit-learn clips at 36.
     */
    static double logLoss(Predictions predictions) {
        double sum = 0;
        int classes = predictions.classes();
        float[] logits = predictions.logits();
        for (int i = 0; i < predictions.images(); i++) {
            int row = i * classes;
            double highest = Double.NEGATIVE_INFINITY;
            for (int c = 0; c < classes; c++) {
                highest = Math.max(highest, logits[row + c]);
            }
            double exponentials = 0;
            for (int c = 0; c < classes; c++) {
                exponentials += Math.exp(logits[row + c] - highest);
            }
            sum += Math.log(exponentials) + highest - logits[row + predictions.labels()[i]];
        }
        return sum / predictions.images();
    }

    /** Returns the share of images whose truth is among the {@code k} best classes; among equals the lowest first. */
    static double topAccuracy(Predictions predictions, int k) {
        int found = 0;
        int classes = predictions.classes();
        float[] logits = predictions.logits();
        for (int i = 0; i < predictions.images(); i++) {
            int row = i * classes;
            int truth = predictions.labels()[i];
            int before = 0;
            for (int c = 0; c < classes; c++) {
                if (logits[row + c] > logits[row + truth] || (logits[row + c] == logits[row + truth] && c < truth)) {
                    before++;
                }
            }
            found += before < k ? 1 : 0;
        }
        return (double) found / predictions.images();
    }

    /**
     * Computes the area under the receiver operating characteristic of one class against the rest: the
     * chance that an image of the class has a higher probability of it than another image; equal
     * probabilities count half (Mann and Whitney, 1947).
     *
     * @param probabilities (images, classes), row-major
     * @return 0 to 1; null where all images are of the class, or none is
     */
    static @Nullable Double rocAuc(int[] labels, double[] probabilities, int classes, int positive) {
        double[] inside = new double[labels.length];
        double[] outside = new double[labels.length];
        int positives = 0;
        int negatives = 0;
        for (int i = 0; i < labels.length; i++) {
            double probability = probabilities[i * classes + positive];
            if (labels[i] == positive) {
                inside[positives++] = probability;
            } else {
                outside[negatives++] = probability;
            }
        }
        if (positives == 0 || negatives == 0) {
            return null;
        }
        Arrays.sort(inside, 0, positives);
        Arrays.sort(outside, 0, negatives);
        long halfWins = 0;
        int below = 0;
        int notAbove = 0;
        for (int i = 0; i < positives; i++) {
            while (below < negatives && outside[below] < inside[i]) {
                below++;
            }
            while (notAbove < negatives && outside[notAbove] <= inside[i]) {
                notAbove++;
            }
            halfWins += below + notAbove;
        }
        return halfWins / (2.0 * positives * negatives);
    }
}
