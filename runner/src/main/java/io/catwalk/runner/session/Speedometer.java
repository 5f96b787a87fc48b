package io.catwalk.runner.session;

import io.catwalk.onnx.runtime.OnnxOptions;

/** Measures the speed of a file. */
@FunctionalInterface
public interface Speedometer {

    /**
     * Measures one turn: opens the file, warms up, measures, and closes it.
     *
     * @param options how to run it
     * @return images a second
     * @throws io.catwalk.onnx.OnnxFileException if the file does not run with them, or gives other answers
     */
    double imagesPerSecond(OnnxOptions options);
}
