package io.catwalk.onnx.graph;

import java.util.List;

/**
 * Applies one ONNX operator.
 *
 * @param name unique among the nodes of its graph
 * @param operator name of the operator; one of another set than that of ONNX has the domain before it, as
 *     {@code com.microsoft::Inverse}
 * @param inputs what it reads, in the operator's order
 * @param outputs what it makes, in the operator's order
 * @param attributes its attributes
 * @param doc where it comes from, for people; may be empty
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
     * Applies one ONNX operator, without a word on where it comes from.
     *
     * @param name unique among the nodes of its graph
     * @param operator name of the operator
     * @param inputs what it reads, in the operator's order
     * @param outputs what it makes, in the operator's order
     * @param attributes its attributes
     */
    public Node(String name, String operator, List<Value> inputs, List<Value> outputs, Attributes attributes) {
        this(name, operator, inputs, outputs, attributes, "");
    }

    /**
     * Names the operator set.
     *
     * @return empty for that of ONNX
     */
    public String domain() {
        int end = operator.indexOf(DOMAIN_END);
        return end < 0 ? "" : operator.substring(0, end);
    }

    /**
     * Names the operator in its set.
     *
     * @return the name without the domain
     */
    String operatorInDomain() {
        int end = operator.indexOf(DOMAIN_END);
        return end < 0 ? operator : operator.substring(end + DOMAIN_END.length());
    }

    /**
     * Returns the only output.
     *
     * @return the first output
     */
    public Value output() {
        return outputs.get(0);
    }

    /**
     * Counts the multiplications with an addition that one sample takes here.
     *
     * @return multiply-accumulates of a convolution, a matrix product or a recurrent layer; else 0
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
