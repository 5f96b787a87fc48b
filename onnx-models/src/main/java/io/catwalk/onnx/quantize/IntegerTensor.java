package io.catwalk.onnx.quantize;

import java.util.List;

/**
 * Describes a tensor of whole numbers that a file in 8 bits computes.
 *
 * @param name name in the file
 * @param makers nodes that add, multiply or otherwise round between the whole numbers before it, or the input, and this
 *     tensor: each as its operator and its name, in the order of the graph; empty if the input itself is rounded
 * @param sources names of the tensors of whole numbers from which it is computed
 * @param inBytes whether a runtime can compute it with whole numbers alone, by one node that reads only such tensors
 * @param numbers how many numbers it has for each image
 */
public record IntegerTensor(String name, List<String> makers, List<String> sources, boolean inBytes, int numbers) {

    /** Copies the lists. */
    public IntegerTensor {
        makers = List.copyOf(makers);
        sources = List.copyOf(sources);
    }

    /**
     * Describes in words where it comes from.
     *
     * @return such as {@code Conv /01Conv2d/Conv in floats}
     */
    public String origin() {
        return makers.isEmpty()
                ? "the input, rounded"
                : String.join(", ", makers) + (inBytes ? " in 8 bits" : " in floats");
    }
}
