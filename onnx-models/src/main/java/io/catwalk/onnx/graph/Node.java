package io.catwalk.onnx.graph;

import java.util.List;

/**
 * A node of a graph, which applies one ONNX operator.
 *
 * @param name unique among the nodes of its graph
 * @param operator name of the operator; the name of an operator from another operator set than that of ONNX begins with
 *     its domain, such as {@code com.microsoft::Inverse}; one of ONNX that cannot be checked begins with {@code ::}
 * @param doc where in the network it comes from, for human readers; may be empty
 */
public record Node(
        String name, String operator, List<Value> inputs, List<Value> outputs, Attributes attributes, String doc) {

    static final String DOMAIN_END = "::";

    public Node {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** Creates a node without a note on where it comes from. */
    public Node(String name, String operator, List<Value> inputs, List<Value> outputs, Attributes attributes) {
        this(name, operator, inputs, outputs, attributes, "");
    }

    /** Returns the same node with other inputs and outputs. */
    public Node with(List<Value> newInputs, List<Value> newOutputs) {
        return new Node(name, operator, newInputs, newOutputs, attributes, doc);
    }

    /** Returns the domain of the operator set; empty for that of ONNX. */
    public String domain() {
        int end = operator.indexOf(DOMAIN_END);
        return end < 0 ? "" : operator.substring(0, end);
    }

    /** Tells whether the rules of the operator are known. */
    boolean isChecked() {
        return !operator.contains(DOMAIN_END);
    }

    /** Returns the name of the operator without its domain. */
    String operatorInDomain() {
        int end = operator.indexOf(DOMAIN_END);
        return end < 0 ? operator : operator.substring(end + DOMAIN_END.length());
    }

    /** Returns the only output. */
    public Value output() {
        return outputs.get(0);
    }

    /**
     * Counts the multiply-accumulate operations (MACs) of a convolution, matrix product or recurrent layer for one
     * sample, or for all of a fixed batch; 0 for other nodes.
     */
    public long multiplyAccumulates() {
        return switch (operator) {
            // Each output is a sum over the input channels of its group and the kernel: the weights of one filter.
            case "Conv" ->
                size(output())
                        * size(inputs.get(1))
                        / inputs.get(1).shape().get(0).at(1);
            case "MatMul", "Gemm" -> size(output()) * sumLength();
            // Weights (directions, gates x hidden, features), used once per step and sample.
            case "RNN", "GRU", "LSTM" -> steps(inputs.get(0)) * (size(inputs.get(1)) + size(inputs.get(2)));
            default -> 0;
        };
    }

    /** Returns how many products each sum of a matrix product has. */
    private long sumLength() {
        TensorShape left = inputs.get(0).shape();
        boolean transposed = operator.equals("Gemm") && attributes.number("transA", 0) == 1;
        return left.get(transposed ? 0 : left.rank() - 1).at(1);
    }

    /** Returns the number of steps of all samples of a sequence (time, batch, features). */
    private static long steps(Value sequence) {
        return sequence.shape().get(0).at(1) * sequence.shape().get(1).at(1);
    }

    private static long size(Value value) {
        return value.shape().size().at(1);
    }

    @Override
    public String toString() {
        return operator + " " + name
                + inputs.stream().map(value -> value.name() + value.shape()).toList();
    }
}
