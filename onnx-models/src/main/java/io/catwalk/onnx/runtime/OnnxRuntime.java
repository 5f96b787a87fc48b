package io.catwalk.onnx.runtime;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Checks that ONNX Runtime is present, and counts the calls to it. Running a file and proving an export need it; exporting
 * does not.
 */
public final class OnnxRuntime {

    private static final AtomicLong BEGUN = new AtomicLong();
    private static final AtomicLong ENDED = new AtomicLong();

    private OnnxRuntime() {}

    /**
     * Counts the calls to the native library that open and run files, in this process.
     *
     * @param begun how many have begun
     * @param ended how many of them have ended, whatever came of them
     */
    public record Calls(long begun, long ended) {}

    /**
     * Counts the calls so far. A watchdog can tell one call that never returns from many that do.
     *
     * @return the calls of all threads
     */
    public static Calls calls() {
        long ended = ENDED.get(); // first: each of these has begun
        return new Calls(BEGUN.get(), ended);
    }

    static void begin() {
        BEGUN.incrementAndGet();
    }

    static void end() {
        ENDED.incrementAndGet();
    }

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
