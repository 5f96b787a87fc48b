package io.catwalk.runner.trial;

/** Names what runs a trained network. */
public enum InferenceEngine {
    /** DJL's PyTorch engine, with the saved weights. */
    PYTORCH,
    /** ONNX Runtime, with the exported file. */
    ONNX_RUNTIME
}
