package io.catwalk.onnx.runtime;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.LinkedHashSet;
import java.util.Set;

/** Lists what a node of a file reads: its inputs, and what its subgraphs read of the graph around them. */
public final class NodeReads {

    private NodeReads() {}

    /**
     * Lists the names that a node reads.
     *
     * @param node of a graph
     * @return names, without that of an input that is left out; those of tensors inside its subgraphs are among them
     */
    public static Set<String> of(NodeProto node) {
        Set<String> names = new LinkedHashSet<>(node.getInputList());
        node.getAttributeList().forEach(attribute -> collect(attribute, names));
        names.remove("");
        return names;
    }

    private static void collect(AttributeProto attribute, Set<String> names) {
        if (attribute.hasG()) {
            collect(attribute.getG(), names);
        }
        attribute.getGraphsList().forEach(inside -> collect(inside, names));
    }

    private static void collect(GraphProto inside, Set<String> names) {
        inside.getOutputList().forEach(output -> names.add(output.getName()));
        for (NodeProto node : inside.getNodeList()) {
            names.addAll(of(node));
        }
    }
}
