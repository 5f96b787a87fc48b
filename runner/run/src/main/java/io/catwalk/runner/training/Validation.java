package io.catwalk.runner.training;

import io.catwalk.api.Criterion;
import io.catwalk.runner.evaluation.ConfusionMatrix;
import io.catwalk.runner.evaluation.Predictions;

/** Accumulates the results of a network on the validation images; without images, all are NaN. */
final class Validation {

    private final int[] labels;
    private final int[] predicted;
    private final double[] probabilities;
    private double lossSum;
    private int count;

    Validation(int images, int classes) {
        labels = new int[images];
        predicted = new int[images];
        probabilities = new double[classes];
    }

    /** Adds the next image, whose row of logits starts at {@code row}. */
    void add(float[] logits, int row, int label) {
        lossSum += Predictions.softmax(logits, row, probabilities) - logits[row + label];
        labels[count] = label;
        predicted[count] = Predictions.highest(logits, row, probabilities.length);
        count++;
    }

    /** Returns the mean cross-entropy in nats. */
    double loss() {
        return lossSum / count;
    }

    /** Returns the score by a criterion, more is better. */
    double score(Criterion criterion) {
        ConfusionMatrix confusion = ConfusionMatrix.of(probabilities.length, labels, predicted);
        return switch (criterion) {
            case ACCURACY -> (double) confusion.correct() / count;
            case BALANCED_ACCURACY -> confusion.balancedAccuracy();
            case MACRO_F1 -> count == 0 ? Double.NaN : confusion.macroF1();
            case LOSS -> -loss();
        };
    }
}
