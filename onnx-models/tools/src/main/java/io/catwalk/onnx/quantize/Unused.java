package io.catwalk.onnx.quantize;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.catwalk.onnx.file.NodeReads;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Removes weights that no node reads any more, and declarations of tensors that no node computes any more. */
final class Unused {

    private Unused() {}

    static GraphProto removed(GraphProto graph) {
        Set<String> read = new HashSet<>();
        Set<String> made = new HashSet<>();
        graph.getOutputList().forEach(output -> read.add(output.getName()));
        for (NodeProto node : graph.getNodeList()) {
            read.addAll(NodeReads.of(node));
            made.addAll(node.getOutputList());
        }
        List<TensorProto> weights = graph.getInitializerList().stream()
                .filter(tensor -> read.contains(tensor.getName()))
                .toList();
        List<ValueInfoProto> values = graph.getValueInfoList().stream()
                .filter(value -> made.contains(value.getName()))
                .toList();
        return graph.toBuilder()
                .clearInitializer()
                .addAllInitializer(weights)
                .clearValueInfo()
                .addAllValueInfo(values)
                .build();
    }
}
