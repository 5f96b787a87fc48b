package io.catwalk.onnx.quantize;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.catwalk.onnx.graph.Names;
import java.util.List;

/**
 * Writes each AveragePool so that it computes the same in bytes. ONNX Runtime uses its kernel for bytes
 * (QLinearAveragePool) wherever a pool is between bytes. This kernel refuses dilations, and where a pool rounds its
 * size up and counts pads, it also counts the cells beyond the pads.
 */
final class MeanPools {

    private static final String DILATIONS = "dilations";
    private static final String COUNTS_PADS = "count_include_pad";

    private MeanPools() {}

    static GraphProto rewritten(GraphProto graph) {
        Names names = Preparation.names(graph);
        GraphProto.Builder changed = graph.toBuilder().clearNode();
        for (NodeProto node : graph.getNodeList()) {
            NodeProto plain = Protos.is(node, "AveragePool") ? withoutDefaults(node) : node;
            if (!Protos.is(plain, "AveragePool") || hasKernel(plain)) {
                changed.addNode(plain);
            } else {
                // The largest of one tensor is the tensor. It keeps bytes away, since Max has no kernel for them.
                String mean = names.fresh(plain.getOutput(0) + ".mean");
                changed.addNode(plain.toBuilder().setOutput(0, mean));
                changed.addNode(Protos.node("Max", List.of(mean), plain.getOutput(0)));
            }
        }
        return changed.build();
    }

    /** Removes attributes that change nothing. */
    private static NodeProto withoutDefaults(NodeProto node) {
        boolean padded =
                has(node, "pads", 0) || Protos.attribute(node, "auto_pad").isPresent();
        List<AttributeProto> kept = node.getAttributeList().stream()
                .filter(attribute -> !attribute.getName().equals(DILATIONS) || has(node, DILATIONS, 1))
                .filter(attribute -> !attribute.getName().equals(COUNTS_PADS) || padded)
                .toList();
        return node.toBuilder().clearAttribute().addAllAttribute(kept).build();
    }

    /** Tells whether a number of an attribute is not the default. */
    private static boolean has(NodeProto node, String name, long otherwise) {
        return Protos.attribute(node, name).stream()
                .flatMap(attribute -> attribute.getIntsList().stream())
                .anyMatch(number -> number != otherwise);
    }

    private static boolean hasKernel(NodeProto node) {
        boolean countsBeyond = Protos.number(node, "ceil_mode", 0) == 1 && Protos.number(node, COUNTS_PADS, 0) == 1;
        return !countsBeyond && Protos.attribute(node, DILATIONS).isEmpty();
    }
}
