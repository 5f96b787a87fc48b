package io.catwalk.onnx.runtime;

import java.util.Locale;

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
