package io.catwalk.onnx.compose;

/** Says how a map of features becomes one vector for an image. */
public enum Pooling {
    /** The mean of each feature over all places: pixels of a map, or tokens of a sequence. */
    MEAN,
    /** All numbers one after the other. */
    NONE
}
