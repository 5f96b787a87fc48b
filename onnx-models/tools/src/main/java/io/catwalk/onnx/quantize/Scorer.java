package io.catwalk.onnx.quantize;

/** Scores models on labeled images that may be used to select a model: never on the test set. */
@FunctionalInterface
public interface Scorer {

    /** Scores a model. */
    Score score(byte[] model);

    /**
     * Says how good a model is.
     *
     * @param loss mean cross-entropy in nats, or any other number that is lower for better models
     * @param accuracy share of images that are classified correctly, 0 to 1
     */
    record Score(double loss, double accuracy) {}
}
