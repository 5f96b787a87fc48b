package io.catwalk.runner.training;

import io.catwalk.api.Criterion;

/** Accumulates the results of a network on the validation images. */
final class Validation {

    private final long[] images;
    private final long[] named;
    private final long[] right;
    private double lossSum;
    private long count;

    /** Starts without images. */
    Validation(int classes) {
        images = new long[classes];
        named = new long[classes];
        right = new long[classes];
    }

    /** Adds an image, whose row of logits starts at {@code row}. */
    void add(float[] logits, int row, int label) {
        int answer = argMax(logits, row, images.length);
        lossSum += crossEntropy(logits, row, images.length, label);
        images[label]++;
        named[answer]++;
        right[label] += answer == label ? 1 : 0;
        count++;
    }

    /** Returns the mean cross-entropy in nats; NaN without images. */
    double loss() {
        return count == 0 ? Double.NaN : lossSum / count;
    }

    /** Returns the share of images that are predicted correctly; NaN without images. */
    double accuracy() {
        long sum = 0;
        for (long one : right) {
            sum += one;
        }
        return count == 0 ? Double.NaN : (double) sum / count;
    }

    /** Returns the score by a criterion, more is better; NaN without images. */
    double score(Criterion criterion) {
        return switch (criterion) {
            case ACCURACY -> accuracy();
            case BALANCED_ACCURACY -> balancedAccuracy();
            case MACRO_F1 -> macroF1();
            case LOSS -> -loss();
        };
    }

    /** Returns the mean recall of the classes that have images. */
    private double balancedAccuracy() {
        double sum = 0;
        int classes = 0;
        for (int c = 0; c < images.length; c++) {
            if (images[c] > 0) {
                sum += (double) right[c] / images[c];
                classes++;
            }
        }
        return sum / classes;
    }

    /**
     * Returns the mean over all classes; a class without images and predictions counts 0, as in the metrics of a trial.
     */
    private double macroF1() {
        double sum = 0;
        for (int c = 0; c < images.length; c++) {
            sum += right[c] == 0 ? 0 : 2.0 * right[c] / (images[c] + named[c]);
        }
        return count == 0 ? Double.NaN : sum / images.length;
    }

    /** Computes the cross-entropy of one row of logits, which starts at {@code row}. */
    static double crossEntropy(float[] logits, int row, int classes, int label) {
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
