package io.catwalk.onnx.quantize;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.catwalk.onnx.graph.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Moves a Relu in floats after the MaxPool that reads it, which gives the same numbers, if these are quantized next.
 * ONNX Runtime moves a QuantizeLinear before a MaxPool, whose kernel for bytes is far slower than that for floats
 * unless it is between convolutions in bytes. It does not move one before a Relu.
 */
final class PoolsFirst {

    private PoolsFirst() {}

    static GraphProto rewritten(GraphProto graph, Placement placement) {
        Names names = Preparation.names(graph);
        List<NodeProto> nodes = new ArrayList<>();
        for (NodeProto node : graph.getNodeList()) {
            Optional<NodeProto> relu = reluBefore(node, placement);
            if (relu.isEmpty()) {
                nodes.add(node);
            } else {
                String pooled = names.fresh(node.getOutput(0) + ".pooled");
                nodes.remove(relu.get());
                nodes.add(node.toBuilder()
                        .setInput(0, relu.get().getInput(0))
                        .setOutput(0, pooled)
                        .build());
                nodes.add(relu.get().toBuilder()
                        .setInput(0, pooled)
                        .setOutput(0, node.getOutput(0))
                        .build());
            }
        }
        return graph.toBuilder().clearNode().addAllNode(nodes).build();
    }

    private static Optional<NodeProto> reluBefore(NodeProto node, Placement placement) {
        boolean pool = Protos.is(node, "MaxPool")
                && node.getOutputCount() == 1
                && !placement.computesInBytes(node)
                && placement.isReadAsBytes(node.getOutput(0));
        return !pool
                ? Optional.empty()
                : placement
                        .wiring()
                        .maker(node.getInput(0))
                        .filter(before -> Protos.is(before, "Relu"))
                        .filter(before -> placement
                                .wiring()
                                .onlyReader(before.getOutput(0))
                                .isPresent());
    }
}
