package io.catwalk.onnx.runtime;

/** Checks that ONNX Runtime is present. Running a file and proving an export need it; exporting does not. */
public final class OnnxRuntime {

    private OnnxRuntime() {}

    /**
     * Checks that ONNX Runtime is on the class path, without loading a native library.
     *
     * @throws IllegalStateException if it is not; the message says what to add
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
