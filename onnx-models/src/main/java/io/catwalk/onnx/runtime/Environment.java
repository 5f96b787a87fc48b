package io.catwalk.onnx.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Holds the environment of ONNX Runtime, of which a process has one.
 *
 * <p>ONNX Runtime 1.29 reads the command line of the process when it starts, with a recursion that takes
 * about 250 bytes of stack a character: on the usual stack of 1 MiB, a class path of 5,000 characters ends
 * the process with a segmentation fault. So it starts on a thread with a stack for any command line of
 * practice.
 */
final class Environment {

    /** Reserved, not used: the operating system gives memory only where the stack grows to. */
    private static final long STACK_BYTES = 64 << 20;

    private static @Nullable OrtEnvironment shared;

    private Environment() {}

    /** Starts ONNX Runtime where that is still to be done. */
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
     * Starts it and turns its events off, which would tell its maker the metadata of every model. Its first
     * event, of the process, and a file with an identifier of the machine are there before any call can come:
     * only the variable {@code ORT_DISABLE_TELEMETRY=1} of the process keeps it from both.
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
