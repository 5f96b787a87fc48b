package io.catwalk.onnx.runtime;

/** Looks for ONNX Runtime, which only running and proving need: whoever exports may do without it. */
public final class OnnxRuntime {

    private OnnxRuntime() {}

    /**
     * Demands that ONNX Runtime is on the class path. Loads no native library.
     *
     * @throws IllegalStateException if it is not, with what to add
     */
    public static void require() {
        try {
            Class.forName("ai.onnxruntime.OrtEnvironment", false, OnnxRuntime.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(
                    "expected ONNX Runtime on the class path, to run an ONNX file or to prove an export, but found none:"
                            + " add com.microsoft.onnxruntime:onnxruntime, or onnxruntime_gpu, to the dependencies",
                    e);
        }
    }
}
