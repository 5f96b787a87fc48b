package io.catwalk.runner.trial;

/** Names what runs a trained network. */
public enum InferenceEngine {
    /** DJL's PyTorch engine, with the saved weights. A time on it is one of both: PyTorch alone takes less. */
    PYTORCH("PyTorch", "DJL + PyTorch"),
    /** ONNX Runtime, with the exported file. */
    ONNX_RUNTIME("ONNX Runtime", "ONNX Runtime");

    private final String key;
    private final String title;

    InferenceEngine(String key, String title) {
        this.key = key;
        this.title = title;
    }

    /**
     * Returns its name for programs.
     *
     * @return as JSON has it
     */
    public String key() {
        return key;
    }

    /**
     * Returns its name for people.
     *
     * @return with all that a time on it is made of
     */
    public String title() {
        return title;
    }
}
