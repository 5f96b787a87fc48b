package io.catwalk.onnx.runtime;

import java.util.Locale;

/**
 * Names how far ONNX Runtime may rewrite a graph before it runs it; each level includes those above it
 * (ONNX Runtime documentation, "Graph optimizations").
 */
public enum OptimizationLevel {
    /** Runs the graph as the file states it. */
    NONE,
    /** Folds constants and removes what has no effect. */
    BASIC,
    /** Fuses operators. */
    EXTENDED,
    /** Changes the memory layout of images to suit the processor. */
    LAYOUT,
    /** Applies everything that ONNX Runtime knows. */
    ALL;

    /**
     * Names the level in files and for people.
     *
     * @return such as {@code extended}
     */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
