package io.catwalk.onnx.quantize;

import java.util.List;

/**
 * Holds a model in 8 bits.
 *
 * @param bytes content of its file; not copied
 * @param inBytes names of the convolutions, matrix products and LSTMs that compute in 8 bits, in the order of the graph
 * @param inFloat all nodes that still compute in floats, each as its operator and its name, in the order of the graph
 * @param onlyForOnnxRuntime whether no other runtime can read it, because it has LSTMs in 8 bits
 */
@SuppressWarnings("ArrayRecordComponent") // written to a file at once
public record QuantizedModel(byte[] bytes, List<String> inBytes, List<String> inFloat, boolean onlyForOnnxRuntime) {

    public QuantizedModel {
        inBytes = List.copyOf(inBytes);
        inFloat = List.copyOf(inFloat);
    }
}
