package io.catwalk.onnx.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Holds an ONNX graph. Its nodes are in an order in which they can be computed. */
public record Graph(List<Value> inputs, List<Value> outputs, List<Initializer> initializers, List<Node> nodes) {

    public Graph {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        initializers = List.copyOf(initializers);
        nodes = List.copyOf(nodes);
    }

    /** Counts the multiply-accumulate operations (MACs) for one sample, or for all samples of a fixed batch. */
    public long multiplyAccumulates() {
        return nodes.stream().mapToLong(Node::multiplyAccumulates).sum();
    }

    /** Returns the graph without the nodes and initializers that no output needs. */
    public Graph pruned() {
        Set<String> needed = outputs.stream().map(Value::name).collect(Collectors.toCollection(HashSet::new));
        Deque<Node> kept = new ArrayDeque<>();
        List<Node> backwards = new ArrayList<>(nodes);
        Collections.reverse(backwards);
        for (Node node : backwards) {
            if (node.outputs().stream().anyMatch(output -> needed.contains(output.name()))) {
                node.inputs().forEach(input -> needed.add(input.name()));
                kept.addFirst(node);
            }
        }
        List<Initializer> used = initializers.stream()
                .filter(initializer -> needed.contains(initializer.value().name()))
                .toList();
        return new Graph(inputs, outputs, used, List.copyOf(kept));
    }

    /** Renames values wherever they are used. */
    public Graph renamed(Map<String, String> names) {
        return new Graph(
                renamed(inputs, names),
                renamed(outputs, names),
                initializers.stream()
                        .map(fixed -> new Initializer(renamed(fixed.value(), names), fixed.source()))
                        .toList(),
                nodes.stream()
                        .map(node -> node.with(renamed(node.inputs(), names), renamed(node.outputs(), names)))
                        .toList());
    }

    /** Returns names that none of its values and nodes has. */
    public Names freshNames() {
        Stream<Value> values = Stream.of(
                        inputs.stream(),
                        initializers.stream().map(Initializer::value),
                        nodes.stream().flatMap(node -> node.outputs().stream()))
                .flatMap(each -> each);
        return new Names(Stream.concat(values.map(Value::name), nodes.stream().map(Node::name))
                .toArray(String[]::new));
    }

    /**
     * Returns the graph with other initializers.
     *
     * @param first nodes that compute from them what the others read
     * @param read results of these nodes, by the name of what is read there now
     */
    public Graph with(List<Initializer> newInitializers, List<Node> first, Map<String, Value> read) {
        Stream<Node> others = nodes.stream()
                .map(node -> node.with(
                        node.inputs().stream()
                                .map(input -> read.getOrDefault(input.name(), input))
                                .toList(),
                        node.outputs()));
        return new Graph(
                inputs,
                outputs,
                newInitializers,
                Stream.concat(first.stream(), others).toList());
    }

    private static List<Value> renamed(List<Value> values, Map<String, String> names) {
        return values.stream().map(value -> renamed(value, names)).toList();
    }

    private static Value renamed(Value value, Map<String, String> names) {
        String name = names.get(value.name());
        return name == null ? value : value.renamed(name);
    }
}
