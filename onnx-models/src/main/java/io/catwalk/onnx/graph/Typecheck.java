package io.catwalk.onnx.graph;

import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.runtime.TensorType;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks a graph before it is written. Any fault that it finds is one of the exporter, not of the network, so its
 * errors name nodes.
 */
public final class Typecheck {

    private Typecheck() {}

    /**
     * Checks that every value is computed once and before it is used, that types and shapes are those of the operators'
     * specification, and that nothing is unused.
     *
     * @param opset version of the operator set, which determines the types that operators accept
     */
    public static Graph check(Graph graph, int opset) {
        Map<String, Value> made = new HashMap<>();
        graph.inputs().forEach(value -> define(made, value));
        graph.initializers().forEach(initializer -> define(made, initializer.value()));
        Set<String> used = new HashSet<>();
        Set<String> nodeNames = new HashSet<>();
        for (Node node : graph.nodes()) {
            require(nodeNames.add(node.name()), "two nodes are called " + node.name());
            for (Value input : node.inputs()) {
                if (!input.isOmitted()) {
                    requireMade(made, input, node.name());
                    used.add(input.name());
                }
            }
            if (node.isChecked()) {
                checkOutputs(node);
                checkTypes(node, opset);
            }
            node.outputs().forEach(value -> define(made, value));
        }
        graph.outputs().forEach(value -> {
            requireMade(made, value, "the outputs");
            used.add(value.name());
        });
        checkUse(graph, used);
        return graph;
    }

    private static void checkOutputs(Node node) {
        List<Inference.Made> inferred = Inference.infer(
                node.operator(),
                node.inputs(),
                node.attributes(),
                node.outputs().size());
        for (int i = 0; i < inferred.size(); i++) {
            Value output = node.outputs().get(i);
            Inference.Made expected = inferred.get(i);
            require(
                    output.type() == expected.type() && output.shape().equals(expected.shape()),
                    "output " + output.name() + " of " + node + " should be " + expected.type() + expected.shape()
                            + ", but is declared as " + output.type() + output.shape());
        }
    }

    private static void checkTypes(Node node, int opset) {
        Set<TensorType> types = EnumSet.noneOf(TensorType.class);
        for (int place : OperatorTypes.varying(node.operator(), node.inputs().size())) {
            Value input = node.inputs().get(place);
            if (!input.isOmitted()) {
                types.add(input.type());
            }
        }
        require(types.size() == 1, node + " mixes " + types);
        types.forEach(type -> require(
                OperatorTypes.allows(node.operator(), type, opset),
                node + " does not take " + type + " in opset " + opset));
    }

    private static void checkUse(Graph graph, Set<String> used) {
        for (Initializer initializer : graph.initializers()) {
            String name = initializer.value().name();
            require(used.contains(name), "the constant " + name + " is never used");
        }
        for (Node node : graph.nodes()) {
            require(
                    node.outputs().stream().anyMatch(output -> used.contains(output.name())),
                    "the outputs of " + node + " are never used");
        }
    }

    private static void define(Map<String, Value> made, Value value) {
        require(made.put(value.name(), value) == null, "the value " + value.name() + " is made twice");
    }

    private static void requireMade(Map<String, Value> made, Value value, String user) {
        Value definition = made.get(value.name());
        require(definition != null, user + " uses " + value.name() + ", which no earlier node makes");
        require(value.equals(definition), user + " takes " + value + " for " + definition);
    }

    private static void require(boolean condition, String fault) {
        if (!condition) {
            throw new ExportException("the exporter built a wrong graph (please report it): " + fault);
        }
    }
}
