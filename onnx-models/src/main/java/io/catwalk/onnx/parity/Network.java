package io.catwalk.onnx.parity;

import io.catwalk.onnx.runtime.Tensor;
import java.util.Map;

/** A network that computes named output arrays from named input arrays, with any engine. */
@FunctionalInterface
public interface Network {

    /**
     * Runs the network once.
     *
     * @param inputs arrays by the names of the inputs
     * @return arrays by the names of the outputs
     */
    Map<String, Tensor> run(Map<String, Tensor> inputs);
}
