package io.catwalk.onnx.graph;

import java.util.List;

/**
 * A node of a graph, which applies one ONNX operator.
 *
 * @param name unique among the nodes of its graph
 * @param operator name of the operator; the name of an operator from another operator set than that of ONNX begins with
 *     its domain, such as {@code com.microsoft::Inverse}; one of ONNX that cannot be checked begins with {@code ::}
 * @param inputs what it reads, in the operator's order
 * @param outputs what it makes, in the operator's order
 * @param attributes its attributes
 * @param doc where in the network it comes from, for human readers; may be empty
 */
public record Node(
        String name, String operator, List<Value> inputs, List<Value> outputs, Attributes attributes, String doc) {

    static final String DOMAIN_END = "::";

    /** Copies the lists. */
    public Node {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /**
     * Creates a node without a note on where it comes from.
     *
     * @param inputs what it reads, in the operator's order
     * @param outputs what it makes, in the operator's order
     */
    public Node(String name, String operator, List<Value> inputs, List<Value> outputs, Attributes attributes) {
        this(name, operator, inputs, outputs, attributes, "");
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
     * Counts the multiply-accumulate operations (MACs) of this node for one sample, or for all of a fixed batch.
     *
     * @return MACs of a convolution, a matrix product or a recurrent layer; else 0
     */
    public long multiplyAccumulates() {
        return Work.of(this);
    }

    @Override
    public String toString() {
        return operator + " " + name
                + inputs.stream().map(value -> value.name() + value.shape()).toList();
    }
}
