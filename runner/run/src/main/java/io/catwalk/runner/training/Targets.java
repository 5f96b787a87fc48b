package io.catwalk.runner.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.catwalk.api.BatchLoss;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a network should predict for a batch.
 *
 * @param classes the class of each image, (batch, 1), int64; of a mixed image the class with the larger share
 * @param mixture the other classes; null if no image is mixed
 * @param weights weight of each image, (batch, 1); null if all count the same
 */
record Targets(
        NDArray classes,
        @Nullable Mixture mixture,
        @Nullable NDArray weights) {

    /** The other class of each mixed image, (batch, 1), int64, and the share of its first class, 0.5 to 1. */
    record Mixture(NDArray others, NDArray shares) {}

    /**
     * Computes the mean cross-entropy over the batch; of mixed images by their shares, of weighted images by their
     * weights.
     */
    NDArray loss(NDArray logits, double smoothing) {
        return mixture == null && weights == null
                ? crossEntropy(logits, classes, smoothing)
                : weighted(logits, smoothing);
    }

    /** Computes the mean cross-entropy of labels, (batch, 1), over a batch, differentiably, of the type of the logits. */
    static NDArray crossEntropy(NDArray logits, NDArray labels, double smoothing) {
        NDArray logProbabilities = logits.logSoftmax(1);
        NDArray loss = logProbabilities.gather(labels, 1).mean().neg();
        if (smoothing == 0) {
            return loss;
        }
        // A scalar times a double would be float64; a scalar times a float is not.
        return loss.mul((float) (1 - smoothing)).sub(logProbabilities.mean().mul((float) smoothing));
    }

    /** Computes the weighted sum over images that are mixed or have weights, divided by the sum of the weights. */
    private NDArray weighted(NDArray logits, double smoothing) {
        NDArray logProbabilities = logits.logSoftmax(1);
        NDArray ofImages = logProbabilities.gather(classes, 1);
        if (mixture != null) {
            NDArray rest = mixture.shares().mul(-1).add(1);
            ofImages = ofImages.mul(mixture.shares())
                    .add(logProbabilities.gather(mixture.others(), 1).mul(rest));
        }
        if (smoothing > 0) {
            ofImages = ofImages.mul((float) (1 - smoothing))
                    .add(logProbabilities.mean(new int[] {1}, true).mul((float) smoothing));
        }
        return weights == null
                ? ofImages.mean().neg()
                : ofImages.mul(weights).sum().div(weights.sum()).neg();
    }

    /** Computes the mean cross-entropy over the batch without weights and smoothing; of mixed images by their shares. */
    NDArray crossEntropy(NDArray logits) {
        return new Targets(classes, mixture, null).loss(logits, 0);
    }

    /** Computes the mean of the classifier's own loss over the batch, of weighted images by their weights. */
    NDArray loss(NDArray logits, double smoothing, BatchLoss own) {
        NDArray ofImages = own.of(logits, shares(logits, smoothing));
        Shape expected = new Shape(logits.getShape().get(0));
        if (!ofImages.getShape().equals(expected)) {
            throw new TrainingException("expected a loss of the shape " + expected + ", one number for each image, but"
                    + " loss(...) of the plugin gave " + ofImages.getShape());
        }
        if (weights == null) {
            return ofImages.mean();
        }
        NDArray column = weights.reshape(-1);
        return ofImages.mul(column).sum().div(column.sum());
    }

    /** Returns the target share of each class, (batch, classes). */
    private NDArray shares(NDArray logits, double smoothing) {
        int count = Math.toIntExact(logits.getShape().get(1));
        NDArray shares = oneHot(classes, count);
        if (mixture != null) {
            NDArray rest = mixture.shares().mul(-1).add(1);
            shares = shares.mul(mixture.shares())
                    .add(oneHot(mixture.others(), count).mul(rest));
        }
        return smoothing == 0 ? shares : shares.mul((float) (1 - smoothing)).add((float) (smoothing / count));
    }

    private static NDArray oneHot(NDArray column, int count) {
        return column.reshape(-1).oneHot(count).toType(DataType.FLOAT32, false);
    }

    /** Counts the images for which the class has the largest logit. */
    long right(NDArray logits) {
        return logits.argMax(1).eq(classes.reshape(-1)).sum().getLong();
    }

    /** Holds the classes of a batch before they are passed to the engine. */
    static final class Labels {

        private final int[] classes;
        private final int[] others;
        private final float[] shares;
        private boolean mixed;

        Labels(int count) {
            classes = new int[count];
            others = new int[count];
            shares = new float[count];
        }

        void set(int image, int label) {
            classes[image] = label;
        }

        /** Returns a copy of the first classes. */
        int[] classes() {
            return classes.clone();
        }

        void mix(int image, int other, float share) {
            mixed = true;
            boolean larger = share >= 0.5f;
            others[image] = larger ? other : classes[image];
            classes[image] = larger ? classes[image] : other;
            shares[image] = larger ? share : 1 - share;
        }

        /** Passes them to the engine; the weight of a mixed image is that of its classes, by its shares. */
        Targets targets(NDManager manager, float[] weightOfClass) {
            return new Targets(
                    column(classes, manager),
                    mixed ? new Mixture(column(others, manager), column(shares, manager)) : null,
                    weightOfClass.length == 0 ? null : column(weights(weightOfClass), manager));
        }

        private float[] weights(float[] ofClass) {
            float[] weights = new float[classes.length];
            for (int i = 0; i < weights.length; i++) {
                float first = ofClass[classes[i]];
                weights[i] = mixed ? first * shares[i] + ofClass[others[i]] * (1 - shares[i]) : first;
            }
            return weights;
        }

        private static NDArray column(float[] values, NDManager manager) {
            return manager.create(values, new Shape(values.length, 1));
        }

        private static NDArray column(int[] values, NDManager manager) {
            return manager.create(IntStream.of(values).asLongStream().toArray(), new Shape(values.length, 1));
        }
    }
}
