package io.catwalk.api;

import ai.djl.ndarray.NDArray;

/** Says how wrong logits are, in another way than by cross-entropy. */
@FunctionalInterface
public interface BatchLoss {

    /**
     * Computes the loss of each image, differentiably. The training takes their mean, in which an image counts as the
     * recipe's {@link Recipe#balance} says.
     *
     * @param logits (batch, classes), float32
     * @param targets the share that is asked of each class, (batch, classes), float32; a row sums to 1. Label smoothing and
     *     mixtures are in it
     * @return (batch), float32, finite
     */
    NDArray of(NDArray logits, NDArray targets);
}
