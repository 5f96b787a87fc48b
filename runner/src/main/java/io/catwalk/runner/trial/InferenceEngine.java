package io.catwalk.runner.trial;

/** Names what runs a trained network. */
public enum InferenceEngine {
    /** DJL's PyTorch engine, with the saved weights. */
    PYTORCH("PyTorch"),
    /** ONNX Runtime, with the exported file. */
    ONNX_RUNTIME("ONNX Runtime");

    private final String title;

    InferenceEngine(String title) {
        this.title = title;
    }

    /**
     * Returns its name for people.
     *
     * @return as its makers write it
     */
    public String title() {
        return title;
    }
}
