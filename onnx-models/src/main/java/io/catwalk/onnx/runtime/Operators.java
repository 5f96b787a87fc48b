package io.catwalk.onnx.runtime;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/** Lists the operators in a graph. */
final class Operators {

    private Operators() {}

    /** Returns their names, sorted, including those in the graphs inside loops and conditions. */
    static SortedSet<String> of(GraphProto graph) {
        SortedSet<String> names = new TreeSet<>();
        add(graph, names);
        return Collections.unmodifiableSortedSet(names);
    }

    private static void add(GraphProto graph, SortedSet<String> names) {
        for (NodeProto node : graph.getNodeList()) {
            names.add(node.getOpType());
            for (AttributeProto attribute : node.getAttributeList()) {
                if (attribute.hasG()) {
                    add(attribute.getG(), names);
                }
                attribute.getGraphsList().forEach(within -> add(within, names));
            }
        }
    }
}
