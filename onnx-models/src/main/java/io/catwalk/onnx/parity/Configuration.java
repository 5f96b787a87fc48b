package io.catwalk.onnx.parity;

import io.catwalk.onnx.runtime.OnnxOptions;

/**
 * Names one way to run a file.
 *
 * @param options threads and optimization level
 * @param batch images per call; the last call of a sweep may have fewer
 */
public record Configuration(OnnxOptions options, int batch) {

    /** Writes the configuration for people: {@code level ALL, all threads, batch 256}. */
    @Override
    public String toString() {
        String threads =
                options.threads() == OnnxOptions.ALL_THREADS ? "all threads" : options.threads() + " thread(s)";
        return "level " + options.optimization() + ", " + threads + ", batch " + batch;
    }
}
