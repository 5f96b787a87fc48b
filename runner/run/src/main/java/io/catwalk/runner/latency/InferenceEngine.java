package io.catwalk.runner.latency;

/** Names the engine that runs a trained network. */
public enum InferenceEngine {
    /** DJL's PyTorch engine, with the saved weights. A time on it includes DJL: PyTorch alone takes less. */
    PYTORCH("PyTorch", "DJL + PyTorch"),
    /** ONNX Runtime, with the exported file. */
    ONNX_RUNTIME("ONNX Runtime", "ONNX Runtime");

    private final String key;
    private final String title;

    InferenceEngine(String key, String title) {
        this.key = key;
        this.title = title;
    }

    /** Returns its name in files, as in JSON. */
    public String key() {
        return key;
    }

    /** Returns its name for display, with everything that is part of its times. */
    public String title() {
        return title;
    }
}
