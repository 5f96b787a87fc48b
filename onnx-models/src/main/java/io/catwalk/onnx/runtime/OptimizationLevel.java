package io.catwalk.onnx.runtime;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.util.Locale;

/**
 * Names how far ONNX Runtime may rewrite a graph before it runs it; each level includes those above it
 * (ONNX Runtime documentation, "Graph optimizations").
 */
public enum OptimizationLevel {
    /** Runs the graph as the file states it. */
    NONE(OptLevel.NO_OPT),
    /** Folds constants and removes what has no effect. */
    BASIC(OptLevel.BASIC_OPT),
    /** Fuses operators. */
    EXTENDED(OptLevel.EXTENDED_OPT),
    /** Changes the memory layout of images to suit the processor. */
    LAYOUT(OptLevel.LAYOUT_OPT),
    /** Applies everything that ONNX Runtime knows. */
    ALL(OptLevel.ALL_OPT);

    private final OptLevel level;

    OptimizationLevel(OptLevel level) {
        this.level = level;
    }

    /**
     * Names the level in files and for people.
     *
     * @return such as {@code extended}
     */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    OptLevel level() {
        return level;
    }
}
