package io.catwalk.onnx.runtime;

import java.util.Objects;

/**
 * Options with which ONNX Runtime runs a file. Immutable; each {@code with} method returns a changed copy.
 */
public final class OnnxOptions {

    /** Lets ONNX Runtime use one thread per physical core. */
    public static final int ALL_THREADS = 0;

    /** Runs all images of a call as one batch. */
    public static final int WHOLE_CALL = 0;

    private static final OnnxOptions STANDARD =
            new OnnxOptions(ALL_THREADS, OptimizationLevel.ALL, true, true, WHOLE_CALL);

    private final int threads;
    private final OptimizationLevel optimization;
    private final boolean memoryPattern;
    private final boolean spinning;
    private final int batch;

    private OnnxOptions(
            int threads, OptimizationLevel optimization, boolean memoryPattern, boolean spinning, int batch) {
        this.threads = threads;
        this.optimization = optimization;
        this.memoryPattern = memoryPattern;
        this.spinning = spinning;
        this.batch = batch;
    }

    /**
     * Returns the options that suit most machines, which are the defaults of ONNX Runtime: all threads, all
     * optimizations, and all images of a call as one batch.
     *
     * @return the options to start from
     */
    public static OnnxOptions standard() {
        return STANDARD;
    }

    /**
     * Returns how many threads share one run.
     *
     * @return at least 1, or {@link #ALL_THREADS}
     */
    public int threads() {
        return threads;
    }

    /**
     * Returns how far the graph may be rewritten.
     *
     * @return the level
     */
    public OptimizationLevel optimization() {
        return optimization;
    }

    /**
     * Tells whether the memory of all tensors of a run is allocated as one block, as large as the first run with that
     * batch size needed.
     *
     * @return true for one block, which is usually faster
     */
    public boolean memoryPattern() {
        return memoryPattern;
    }

    /**
     * Tells whether threads that wait for work keep their processor busy. Each run then starts faster, but other
     * programs get less processor time.
     *
     * @return true for busy waiting
     */
    public boolean spinning() {
        return spinning;
    }

    /**
     * Returns the largest number of images that {@link OnnxPredictor} runs as one batch, if the file does not fix the
     * batch size.
     *
     * @return at least 1, or {@link #WHOLE_CALL}
     */
    public int batch() {
        return batch;
    }

    /**
     * Replaces the number of threads.
     *
     * @param threads threads that share one run, or {@link #ALL_THREADS}
     * @return a changed copy
     */
    public OnnxOptions withThreads(int threads) {
        if (threads < 0) {
            throw new IllegalArgumentException(
                    "threads must be at least 1, or " + ALL_THREADS + " for all, but is " + threads);
        }
        return new OnnxOptions(threads, optimization, memoryPattern, spinning, batch);
    }

    /**
     * Replaces the optimization level.
     *
     * @param optimization how far the graph may be rewritten
     * @return a changed copy
     */
    public OnnxOptions withOptimization(OptimizationLevel optimization) {
        return new OnnxOptions(threads, optimization, memoryPattern, spinning, batch);
    }

    /**
     * Chooses whether the memory of a run is allocated as one block.
     *
     * @param memoryPattern as {@link #memoryPattern()} says
     * @return a changed copy
     */
    public OnnxOptions withMemoryPattern(boolean memoryPattern) {
        return new OnnxOptions(threads, optimization, memoryPattern, spinning, batch);
    }

    /**
     * Chooses how threads wait.
     *
     * @param spinning as {@link #spinning()} says
     * @return a changed copy
     */
    public OnnxOptions withSpinning(boolean spinning) {
        return new OnnxOptions(threads, optimization, memoryPattern, spinning, batch);
    }

    /**
     * Replaces the largest number of images that run as one batch.
     *
     * @param batch number of images, or {@link #WHOLE_CALL}
     * @return a changed copy
     */
    public OnnxOptions withBatch(int batch) {
        if (batch < 0) {
            throw new IllegalArgumentException(
                    "batch must be at least 1, or " + WHOLE_CALL + " for a whole call, but is " + batch);
        }
        return new OnnxOptions(threads, optimization, memoryPattern, spinning, batch);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OnnxOptions options
                && threads == options.threads
                && optimization == options.optimization
                && memoryPattern == options.memoryPattern
                && spinning == options.spinning
                && batch == options.batch;
    }

    @Override
    public int hashCode() {
        return Objects.hash(threads, optimization, memoryPattern, spinning, batch);
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
}
