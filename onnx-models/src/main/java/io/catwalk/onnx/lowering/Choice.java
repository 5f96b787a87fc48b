package io.catwalk.onnx.lowering;

/** Names what can be written in another way than by default. */
public enum Choice {
    /** Writes the softmax of the logits as the last output. */
    PROBABILITIES,
    /** Writes recurrent layers step by step, as {@code MatMul}, {@code Add}, {@code Sigmoid} and {@code Tanh}. */
    UNROLLED_RECURRENCE,
    /** Folds each batch normalization into the convolution right before it. */
    FOLDED_BATCH_NORM,
    /** Stores large weights as FLOAT16 and casts them to FLOAT. */
    FLOAT16_WEIGHTS,
    /** Writes large tensors into a second file beside the model. */
    EXTERNAL_DATA
}
