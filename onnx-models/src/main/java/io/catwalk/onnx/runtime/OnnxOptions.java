package io.catwalk.onnx.runtime;

import java.util.Locale;

/**
 * Options with which ONNX Runtime runs a file. Immutable; each {@code with} method returns a changed copy.
 *
 * @param threads how many threads share one run: at least 1, or {@link #ALL_THREADS}
 * @param optimization how far the graph may be rewritten
 * @param memoryPattern whether the memory of all tensors of a run is allocated as one block, as large as the first run
 *     with that batch size needed; one block is usually faster
 * @param spinning whether threads that wait for work keep their processor busy. Each run then starts faster, but other
 *     programs get less processor time
 * @param batch the largest number of images that {@link OnnxPredictor} runs as one batch, if the file does not fix the
 *     batch size: at least 1, or {@link #WHOLE_CALL}
 */
public record OnnxOptions(
        int threads, OptimizationLevel optimization, boolean memoryPattern, boolean spinning, int batch) {

    /** Lets ONNX Runtime use one thread per physical core. */
    public static final int ALL_THREADS = 0;

    /** Runs all images of a call as one batch. */
    public static final int WHOLE_CALL = 0;

    private static final OnnxOptions STANDARD =
            new OnnxOptions(ALL_THREADS, OptimizationLevel.ALL, true, true, WHOLE_CALL);

    /** Checks the numbers against their ranges. */
    public OnnxOptions {
        if (threads < 0) {
            throw new IllegalArgumentException(
                    "threads must be at least 1, or " + ALL_THREADS + " for all, but is " + threads);
        }
        if (batch < 0) {
            throw new IllegalArgumentException(
                    "batch must be at least 1, or " + WHOLE_CALL + " for a whole call, but is " + batch);
        }
    }

    /**
     * {@return the options that suit most machines, which are the defaults of ONNX Runtime: all threads, all
     * optimizations, and all images of a call as one batch}
     */
    public static OnnxOptions standard() {
        return STANDARD;
    }

    /**
     * Replaces the number of threads.
     *
     * @param count threads that share one run, or {@link #ALL_THREADS}
     */
    public OnnxOptions withThreads(int count) {
        return new OnnxOptions(count, optimization, memoryPattern, spinning, batch);
    }

    /**
     * Replaces the optimization level.
     *
     * @param level how far the graph may be rewritten
     */
    public OnnxOptions withOptimization(OptimizationLevel level) {
        return new OnnxOptions(threads, level, memoryPattern, spinning, batch);
    }

    /** Chooses whether the memory of a run is allocated as one block. */
    public OnnxOptions withMemoryPattern(boolean oneBlock) {
        return new OnnxOptions(threads, optimization, oneBlock, spinning, batch);
    }

    /**
     * Chooses how threads wait.
     *
     * @param busy true to keep their processor busy
     */
    public OnnxOptions withSpinning(boolean busy) {
        return new OnnxOptions(threads, optimization, memoryPattern, busy, batch);
    }

    /**
     * Replaces the largest number of images that run as one batch.
     *
     * @param images number of images, or {@link #WHOLE_CALL}
     */
    public OnnxOptions withBatch(int images) {
        return new OnnxOptions(threads, optimization, memoryPattern, spinning, images);
    }

    /**
     * Returns a description such as {@code threads 2, optimization all, memory pattern on, spinning off, batches of
     * 64}.
     */
    @Override
    public String toString() {
        return (threads == ALL_THREADS ? "all threads" : "threads " + threads)
                + ", optimization " + optimization.key()
                + ", memory pattern " + onOff(memoryPattern)
                + ", spinning " + onOff(spinning)
                + (batch == WHOLE_CALL ? ", whole calls" : ", batches of " + batch);
    }

    private static String onOff(boolean on) {
        return on ? "on" : "off";
    }

    /**
     * Says how far ONNX Runtime may rewrite a graph before it runs it; each level includes the levels before it (ONNX
     * Runtime documentation, "Graph optimizations").
     */
    public enum OptimizationLevel {
        /** Runs the graph as it is in the file. */
        NONE,
        /** Folds constants and removes what has no effect. */
        BASIC,
        /** Fuses operators. */
        EXTENDED,
        /** Changes the memory layout of images to suit the processor. */
        LAYOUT,
        /** Applies everything that ONNX Runtime knows. */
        ALL;

        /** {@return the name of the level in files and messages, such as {@code extended}} */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
