package io.catwalk.onnx.runtime;

/**
 * Says how ONNX Runtime runs a file. Immutable; each {@code with} method returns a changed copy.
 *
 * @param threads threads that share one run, or {@link #ALL_THREADS}
 * @param optimization how far the graph may be rewritten
 */
public record OnnxOptions(int threads, OptimizationLevel optimization) {

    /** Lets ONNX Runtime take one thread per physical core. */
    public static final int ALL_THREADS = 0;

    /** Checks the number of threads against its range. */
    public OnnxOptions {
        if (threads < 0) {
            throw new IllegalArgumentException(
                    "threads must be at least 1, or " + ALL_THREADS + " for all, but is " + threads);
        }
    }

    /**
     * Returns the options that suit most machines: all threads, all optimizations.
     *
     * @return the options to start from
     */
    public static OnnxOptions standard() {
        return new OnnxOptions(ALL_THREADS, OptimizationLevel.ALL);
    }

    /**
     * Replaces the number of threads.
     *
     * @param threads threads that share one run, or {@link #ALL_THREADS}
     * @return a changed copy
     */
    public OnnxOptions withThreads(int threads) {
        return new OnnxOptions(threads, optimization);
    }

    /**
     * Replaces the optimization level.
     *
     * @param optimization how far the graph may be rewritten
     * @return a changed copy
     */
    public OnnxOptions withOptimization(OptimizationLevel optimization) {
        return new OnnxOptions(threads, optimization);
    }
}
