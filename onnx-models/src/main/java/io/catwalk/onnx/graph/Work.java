package io.catwalk.onnx.graph;

import java.util.List;

/** Counts the multiply-accumulate operations (MACs) of a graph. */
final class Work {

    private Work() {}

    /**
     * Counts the MACs for one sample, or for all samples of a fixed batch: those of convolutions, matrix products and
     * recurrent layers. Other operations (activations, pools, normalization) are not counted, as is usual.
     *
     * @return MACs with every symbolic dimension at 1
     */
    static long multiplyAccumulates(Graph graph) {
        return graph.nodes().stream().mapToLong(Work::of).sum();
    }

    static long of(Node node) {
        List<Value> inputs = node.inputs();
        return switch (node.operator()) {
            // Each output is a sum over the input channels of its group and the kernel: the weights of one filter.
            case "Conv" ->
                size(node.output())
                        * size(inputs.get(1))
                        / inputs.get(1).shape().get(0).at(1);
            case "MatMul", "Gemm" -> size(node.output()) * sumLength(node);
            // Weights (directions, gates x hidden, features), used once per step and sample.
            case "RNN", "GRU", "LSTM" -> steps(inputs.get(0)) * (size(inputs.get(1)) + size(inputs.get(2)));
            default -> 0;
        };
    }

    /** Returns how many products each sum of a matrix product has. */
    private static long sumLength(Node node) {
        TensorShape left = node.inputs().get(0).shape();
        boolean transposed = node.operator().equals("Gemm") && node.attributes().number("transA", 0) == 1;
        return left.get(transposed ? 0 : left.rank() - 1).at(1);
    }

    /** Returns the number of steps of all samples of a sequence (time, batch, features). */
    private static long steps(Value sequence) {
        return sequence.shape().get(0).at(1) * sequence.shape().get(1).at(1);
    }

    private static long size(Value value) {
        long size = 1;
        for (Dim dim : value.shape().dims()) {
            size *= dim.at(1);
        }
        return size;
    }
}
