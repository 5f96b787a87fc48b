package io.catwalk.onnx.parity;

import io.catwalk.onnx.runtime.OnnxOptions;

/**
 * One way to run a file.
 *
 * @param options threads and optimization level
 * @param batch images per call, or {@link #WHOLE}; the last call may have fewer
 */
public record Configuration(OnnxOptions options, int batch) {

    /** Stands for samples that are not cut into batches. */
    public static final int WHOLE = 0;

    /** Returns a description such as {@code level ALL, all threads, batch 256}. */
    @Override
    public String toString() {
        String threads =
                options.threads() == OnnxOptions.ALL_THREADS ? "all threads" : options.threads() + " thread(s)";
        return "level " + options.optimization() + ", " + threads + ", "
                + (batch == WHOLE ? "samples as they are" : "batch " + batch);
    }
}
