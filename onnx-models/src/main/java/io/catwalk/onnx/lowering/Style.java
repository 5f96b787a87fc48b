package io.catwalk.onnx.lowering;

/** Chooses how recurrent layers are written. */
public enum Style {
    /** As {@code RNN}, {@code GRU} and {@code LSTM}. */
    OPERATORS,
    /** Step by step, as {@code MatMul}, {@code Add}, {@code Sigmoid} and {@code Tanh}. */
    UNROLLED
}
