package io.catwalk.onnx.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

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
     * @param ended how many of them have ended, whatever came of them
     */
    public record Calls(long begun, long ended) {}

    /** Counts the calls of all threads so far. A watchdog can tell one call that never returns from many that do. */
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

    static OrtEnvironment environment() {
        return Environment.shared();
    }

    /**
     * Holds the environment of ONNX Runtime; a process has one.
     *
     * <p>ONNX Runtime 1.29 reads the command line of the process when it starts, with a recursion that uses about 250 bytes
     * of stack per character: on the usual stack of 1 MiB, a class path of 5,000 characters ends the process with a
     * segmentation fault. Therefore it is started on a thread whose stack is large enough for any realistic command line.
     */
    private static final class Environment {

        /** Address space, not memory: the operating system provides memory only as far as the stack grows. */
        private static final long STACK_BYTES = 64 << 20;

        private static @Nullable OrtEnvironment shared;

        private Environment() {}

        /** Returns the environment; the first call starts ONNX Runtime. */
        static synchronized OrtEnvironment shared() {
            if (shared == null) {
                shared = CompletableFuture.supplyAsync(
                                Environment::start,
                                start -> new Thread(null, start, "start-onnx-runtime", STACK_BYTES).start())
                        .join();
            }
            return shared;
        }

        /**
         * Starts ONNX Runtime and turns off its telemetry, which would send the metadata of every model to its vendor. Its
         * first event, about the process, and a file with an identifier of the machine are created before any call is
         * possible: only the environment variable {@code ORT_DISABLE_TELEMETRY=1} prevents both.
         */
        private static OrtEnvironment start() {
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            try {
                environment.setTelemetry(false);
            } catch (OrtException e) {
                throw new IllegalStateException("ONNX Runtime did not turn its telemetry off", e);
            }
            return environment;
        }
    }
}
