package io.catwalk.api;

import ai.djl.ndarray.NDArray;

/** A classifier's own loss, instead of the cross-entropy. */
@FunctionalInterface
public interface BatchLoss {

    /**
     * Computes the loss of each image, with differentiable operations. The training minimizes their mean, in which
     * images are weighted as {@link Recipe#balance} says.
     *
     * @param logits (batch, classes), float32
     * @param targets the target probability of each class, (batch, classes), float32; each row sums to 1. Label
     *     smoothing and mixtures are already included
     * @return the loss of each image, (batch), float32, finite
     */
    NDArray of(NDArray logits, NDArray targets);
}
