package io.catwalk.onnx.quantize;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.catwalk.onnx.file.Protos;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides which nodes compute in 8 bits: convolutions and matrix products with fixed weights, and nodes between two of
 * them for which ONNX Runtime has a kernel, so that numbers need not be converted to floats and back.
 */
final class QuantizationPlacement {

    /** Operators that compute new numbers from one or more tensors, and have a kernel for bytes. */
    private static final Set<String> COMPUTING = Set.of(
            "Add", "Mul", "MatMul", "Concat", "AveragePool", "GlobalAveragePool", "LeakyRelu", "Sigmoid", "Softmax");

    /** Operators that only move numbers or select among them, so that their output has the scale of their input. */
    private static final Set<String> MOVING =
            Set.of("MaxPool", "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Gather", "Slice");

    private final GraphIndex index;
    private final Map<String, LinearNode> linear = new LinkedHashMap<>();
    private final Map<String, NodeProto> inBytes = new LinkedHashMap<>(); // by the tensor that the node makes
    private final Map<String, String> scaledAs = new HashMap<>();
    private final Set<String> asked = new LinkedHashSet<>();
    private final Set<String> candidates;

    /** Decides for all nodes but those whose names are said to stay in float. */
    QuantizationPlacement(GraphProto graph, Set<String> leftInFloat) {
        index = new GraphIndex(graph);
        for (NodeProto node : graph.getNodeList()) {
            if (!leftInFloat.contains(node.getName())) {
                place(node);
            }
        }
        candidates = new LinkedHashSet<>(inBytes.keySet());
        List<NodeProto> backwards = new ArrayList<>(graph.getNodeList());
        Collections.reverse(backwards);
        backwards.forEach(this::keepIfAsked);
    }

    private void place(NodeProto node) {
        Optional<LinearNode> weighted = LinearNode.of(node, index);
        if (weighted.isPresent()) {
            linear.put(node.getName(), weighted.get());
            inBytes.put(result(node), node);
        } else if (node.getOutputCount() != 1 || !Protos.isOnnx(node.getDomain())) {
            return;
        } else if (MOVING.contains(node.getOpType()) && inBytes.containsKey(node.getInput(0))) {
            inBytes.put(node.getOutput(0), node);
            scaledAs.put(node.getOutput(0), scaledAs(node.getInput(0)));
        } else if (COMPUTING.contains(node.getOpType()) && takesBytes(node)) {
            inBytes.put(result(node), node);
        }
    }

    private boolean takesBytes(NodeProto node) {
        boolean all = node.getInputList().stream()
                .allMatch(input -> inBytes.containsKey(input)
                        || index.fixedFloats(input).filter(Protos::isFinite).isPresent());
        return all && node.getInputList().stream().anyMatch(inBytes::containsKey);
    }

    /** Is called from the last node to the first: bytes are only worth it if a later node computes in bytes. */
    private void keepIfAsked(NodeProto node) {
        String result = result(node);
        boolean made = node.equals(inBytes.get(result));
        if (linear.containsKey(node.getName())) {
            // The output of a matrix product may be floats, that of a convolution in bytes may not.
            if (!asked.contains(result) && !linear(node).orElseThrow().isConvolution()) {
                inBytes.remove(result);
            }
            asked.add(node.getInput(0));
        } else if (made && asked.contains(result)) {
            boolean moves = MOVING.contains(node.getOpType());
            node.getInputList().stream()
                    .limit(moves ? 1 : node.getInputCount())
                    .filter(inBytes::containsKey)
                    .forEach(asked::add);
        } else if (made) {
            inBytes.remove(result);
        }
    }

    /** Returns the convolution or matrix product of a node, if it computes in bytes with fixed weights. */
    Optional<LinearNode> linear(NodeProto node) {
        return Optional.ofNullable(linear.get(node.getName()));
    }

    /** Tells whether a node reads bytes. */
    boolean computesInBytes(NodeProto node) {
        return linear.containsKey(node.getName()) || node.equals(inBytes.get(result(node)));
    }

    /** Tells whether a tensor is made as bytes. */
    boolean isMadeInBytes(String tensor) {
        return inBytes.containsKey(tensor);
    }

    /** Tells whether a node in 8 bits reads a tensor. */
    boolean isReadAsBytes(String tensor) {
        return asked.contains(tensor);
    }

    /** Returns the tensor whose range decides the scale of another. */
    String scaledAs(String tensor) {
        return isMadeInBytes(tensor) ? scaledAs.getOrDefault(tensor, tensor) : tensor;
    }

    /** Returns all tensors that may need a scale, however many nodes are left in float. */
    Set<String> candidates() {
        Set<String> all = new LinkedHashSet<>(candidates);
        all.addAll(asked);
        return all;
    }

    /**
     * Returns the activation that the range of a node's output replaces: bytes that represent no number below zero cut
     * off there as a Relu does, and a Clip from zero on cuts off at the end of its range.
     */
    Optional<NodeProto> absorbed(NodeProto node) {
        boolean computes = LinearNode.of(node, index).isPresent()
                || (COMPUTING.contains(node.getOpType()) && Protos.isOnnx(node.getDomain()));
        return node.getOutputCount() != 1 || !computes
                ? Optional.empty()
                : index.onlyReader(node.getOutput(0)).filter(this::cutsOffAtZero);
    }

    private boolean cutsOffAtZero(NodeProto node) {
        if (Protos.is(node, "Relu")) {
            return true;
        }
        return Protos.is(node, "Clip")
                && node.getInputCount() > 1
                && index.fixedFloats(node.getInput(1))
                        .filter(low -> Protos.floats(low)[0] == 0)
                        .isPresent()
                && (node.getInputCount() == 2 || index.fixed(node.getInput(2)).isPresent());
    }

    /** Returns the output of a node, or that of the activation that the range of its output replaces. */
    String result(NodeProto node) {
        return absorbed(node)
                .map(after -> after.getOutput(0))
                .orElse(node.getOutputCount() == 0 ? "" : node.getOutput(0));
    }

    GraphIndex index() {
        return index;
    }
}
