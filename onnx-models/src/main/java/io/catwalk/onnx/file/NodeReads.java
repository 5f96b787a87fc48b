package io.catwalk.onnx.file;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Lists the tensors that a node reads: its inputs, and what its subgraphs read from the graph around them. */
public final class NodeReads {

    private NodeReads() {}

    /** Lists the names that a node reads, without omitted inputs; tensors inside its subgraphs are included. */
    public static Set<String> of(NodeProto node) {
        Set<String> names = new LinkedHashSet<>(node.getInputList());
        names.addAll(inside(node));
        names.remove("");
        return names;
    }

    /** Lists the names that the subgraphs of a node read: of tensors in the graph around them and inside them. */
    public static Set<String> inside(NodeProto node) {
        Set<String> names = new LinkedHashSet<>();
        for (AttributeProto attribute : node.getAttributeList()) {
            if (attribute.hasG()) {
                collect(attribute.getG(), names);
            }
            attribute.getGraphsList().forEach(inside -> collect(inside, names));
        }
        return names;
    }

    /**
     * Finds the nodes on which tensors depend.
     *
     * @param nodes of a graph, in an order in which they can run
     * @return the nodes that compute the tensors, directly or indirectly, in the same order
     */
    public static List<NodeProto> behind(List<NodeProto> nodes, Set<String> tensors) {
        Set<String> needed = new HashSet<>(tensors);
        List<NodeProto> kept = new ArrayList<>();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            if (nodes.get(i).getOutputList().stream().anyMatch(needed::contains)) {
                needed.addAll(of(nodes.get(i)));
                kept.add(nodes.get(i));
            }
        }
        Collections.reverse(kept);
        return kept;
    }

    private static void collect(GraphProto inside, Set<String> names) {
        inside.getOutputList().forEach(output -> names.add(output.getName()));
        for (NodeProto node : inside.getNodeList()) {
            names.addAll(of(node));
        }
    }
}
