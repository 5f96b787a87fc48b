package io.catwalk.onnx.runtime;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Says which kind of numbers a classifier returns for each class. */
public enum Scores {
    /** Any real numbers; their softmax gives probabilities. */
    LOGITS,
    /** Probabilities: the graph ends with a softmax. */
    PROBABILITIES;

    /** Operators that leave each number as it is. */
    private static final Set<String> PASSING =
            Set.of("Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Cast", "Dropout");

    /** Determines the kind from the operators that compute an output. */
    static Scores of(GraphProto graph, String output) {
        Map<String, NodeProto> makers = new HashMap<>();
        graph.getNodeList().forEach(node -> node.getOutputList().forEach(made -> makers.put(made, node)));
        NodeProto maker = makers.remove(output);
        // Each value is visited once, so that a damaged graph with a cycle does not cause an endless loop.
        while (maker != null && PASSING.contains(maker.getOpType()) && maker.getInputCount() > 0) {
            maker = makers.remove(maker.getInput(0));
        }
        return maker != null && maker.getOpType().equals("Softmax") ? PROBABILITIES : LOGITS;
    }
}
