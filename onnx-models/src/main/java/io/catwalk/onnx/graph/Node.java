package io.catwalk.onnx.graph;

import java.util.List;

/**
 * Applies one ONNX operator.
 *
 * @param name unique among the nodes of its graph
 * @param operator name of the operator in the default domain
 * @param inputs what it reads, in the operator's order
 * @param outputs what it makes, in the operator's order
 * @param attributes its attributes
 */
public record Node(String name, String operator, List<Value> inputs, List<Value> outputs, Attributes attributes) {

    /** Copies the lists. */
    public Node {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
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
