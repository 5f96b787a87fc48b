package io.catwalk.onnx.quantize;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.catwalk.onnx.file.NodeReads;
import io.catwalk.onnx.file.Protos;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Shows which nodes compute and which nodes read the tensors of a graph. */
final class GraphIndex {

    private final Map<String, TensorProto> fixed = new HashMap<>();
    private final Map<String, NodeProto> makers = new HashMap<>();
    private final Map<String, Integer> reads = new HashMap<>();
    private final Map<String, NodeProto> lastReader = new HashMap<>();
    private final Set<String> seenOutside = new HashSet<>();

    GraphIndex(GraphProto graph) {
        graph.getInitializerList().forEach(tensor -> fixed.put(tensor.getName(), tensor));
        for (NodeProto node : graph.getNodeList()) {
            node.getOutputList().stream()
                    .filter(output -> !output.isEmpty()) // omitted
                    .forEach(output -> makers.put(output, node));
            for (String input : node.getInputList()) {
                reads.merge(input, 1, Integer::sum);
                lastReader.put(input, node);
            }
            seenOutside.addAll(NodeReads.inside(node));
        }
        graph.getOutputList().stream().map(ValueInfoProto::getName).forEach(seenOutside::add);
    }

    /** Returns a tensor that is fixed, such as weights. */
    Optional<TensorProto> fixed(String name) {
        return Optional.ofNullable(fixed.get(name));
    }

    /** Returns a tensor that is fixed and holds 32-bit floats. */
    Optional<TensorProto> fixedFloats(String name) {
        return fixed(name).filter(Protos::isFloat);
    }

    Optional<NodeProto> maker(String name) {
        return Optional.ofNullable(makers.get(name));
    }

    /** Returns the only node that reads a tensor; empty if another node, a subgraph or the caller reads it, too. */
    Optional<NodeProto> onlyReader(String name) {
        return seenOutside.contains(name) || reads.getOrDefault(name, 0) != 1
                ? Optional.empty()
                : Optional.ofNullable(lastReader.get(name));
    }
}
