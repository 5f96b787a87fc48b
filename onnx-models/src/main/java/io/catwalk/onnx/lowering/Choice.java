package io.catwalk.onnx.lowering;

/** Names what may be written in another way than usual. */
public enum Choice {
    /** Writes the softmax of the logits as a second output. */
    PROBABILITIES,
    /** Writes recurrent layers step by step, as {@code MatMul}, {@code Add}, {@code Sigmoid} and {@code Tanh}. */
    UNROLLED_RECURRENCE,
    /** Multiplies batch norms into the convolutions right before them. */
    FOLDED_BATCH_NORM,
    /** Holds large weights as FLOAT16 and casts them to FLOAT. */
    FLOAT16_WEIGHTS,
    /** Writes large tensors into a file beside the model. */
    EXTERNAL_DATA
}
