package io.catwalk.runner.session;

import io.catwalk.onnx.runtime.OnnxOptions;

/** Measures how fast a file answers. */
@FunctionalInterface
public interface Speedometer {

    /**
     * Measures one turn: opens the file, warms up, measures, and closes it.
     *
     * @param options how to run it
     * @return images a second
     * @throws io.catwalk.onnx.OnnxFileException if the file does not run so, or answers otherwise
     */
    double imagesPerSecond(OnnxOptions options);
}
