package io.catwalk.runner.training;

import ai.djl.ndarray.NDArray;

/** Computes the cross-entropy between logits and labels, in nats. */
final class CrossEntropy {

    private CrossEntropy() {}

    /**
     * Computes the mean over a batch, differentiably.
     *
     * @param logits (batch, classes)
     * @param labels (batch, 1), int64
     * @param smoothing probability mass that is moved from the true class to all classes equally
     * @return a scalar of the type of the logits
     */
    static NDArray of(NDArray logits, NDArray labels, double smoothing) {
        NDArray logProbabilities = logits.logSoftmax(1);
        NDArray loss = logProbabilities.gather(labels, 1).mean().neg();
        if (smoothing == 0) {
            return loss;
        }
        // A scalar times a double would be float64; a scalar times a float is not.
        return loss.mul((float) (1 - smoothing)).sub(logProbabilities.mean().mul((float) smoothing));
    }

    /**
     * Computes the loss of images that are mixed or have different weights: the weighted sum over the images,
     * divided by the sum of the weights.
     */
    static NDArray of(NDArray logits, Targets targets, double smoothing) {
        NDArray logProbabilities = logits.logSoftmax(1);
        NDArray ofImages = logProbabilities.gather(targets.classes(), 1);
        Targets.Mixture mixture = targets.mixture();
        if (mixture != null) {
            NDArray rest = mixture.shares().mul(-1).add(1);
            ofImages = ofImages.mul(mixture.shares())
                    .add(logProbabilities.gather(mixture.others(), 1).mul(rest));
        }
        if (smoothing > 0) {
            ofImages = ofImages.mul((float) (1 - smoothing))
                    .add(logProbabilities.mean(new int[] {1}, true).mul((float) smoothing));
        }
        NDArray weights = targets.weights();
        return weights == null
                ? ofImages.mean().neg()
                : ofImages.mul(weights).sum().div(weights.sum()).neg();
    }

    /** Computes the cross-entropy of one row of logits, which starts at {@code row}. */
    static double of(float[] logits, int row, int classes, int label) {
        double largest = logits[row + argMax(logits, row, classes)];
        double sum = 0;
        for (int i = 0; i < classes; i++) {
            sum += Math.exp(logits[row + i] - largest);
        }
        return largest + Math.log(sum) - logits[row + label];
    }

    /** Returns the class with the largest logit of a row; the lowest class among equals. */
    static int argMax(float[] logits, int row, int classes) {
        int largest = 0;
        for (int i = 1; i < classes; i++) {
            if (logits[row + i] > logits[row + largest]) {
                largest = i;
            }
        }
        return largest;
    }
}
