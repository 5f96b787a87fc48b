package io.catwalk.onnx.quantize;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import io.catwalk.onnx.file.Protos;
import io.catwalk.onnx.graph.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Quantizes the weights of LSTMs to 8 bits. At run time, their inputs get a new scale in each step, since states feed
 * back. This is the only form of an LSTM that ONNX Runtime computes in 8 bits, and no other runtime reads it
 * ({@code com.microsoft.DynamicQuantizeLSTM} of ONNX Runtime's ContribOperators.md).
 */
final class DynamicLstm {

    static final String DOMAIN = "com.microsoft";

    private static final String OPERATOR = "DynamicQuantizeLSTM";
    private static final String LAYOUT = "layout";
    private static final int LSTM_INPUTS = 8;

    private final Names names;
    private final WeightRange range;
    private final GraphProto.Builder graph;

    private DynamicLstm(GraphProto graph, WeightRange range) {
        this.names = GraphPreparation.names(graph);
        this.range = range;
        this.graph = graph.toBuilder();
    }

    /** Tells whether a node is an LSTM with fixed weights. */
    static boolean is(NodeProto node, GraphIndex index) {
        return Protos.is(node, "LSTM")
                && Protos.number(node, LAYOUT, 0) == 0
                && index.fixedFloats(node.getInput(1)).isPresent()
                && index.fixedFloats(node.getInput(2)).isPresent();
    }

    /** Returns the weights of the inputs and those of the states. */
    static List<TensorProto> weights(NodeProto node, GraphIndex index) {
        return List.of(
                index.fixedFloats(node.getInput(1)).orElseThrow(),
                index.fixedFloats(node.getInput(2)).orElseThrow());
    }

    static boolean isDone(NodeProto node) {
        return node.getDomain().equals(DOMAIN) && node.getOpType().equals(OPERATOR);
    }

    static GraphProto rewritten(GraphProto graph, Set<String> leftInFloat, WeightRange range) {
        GraphIndex index = new GraphIndex(graph);
        DynamicLstm rewriting = new DynamicLstm(graph, range);
        List<NodeProto> nodes = new ArrayList<>();
        for (NodeProto node : graph.getNodeList()) {
            boolean quantize = is(node, index) && !leftInFloat.contains(node.getName());
            nodes.add(quantize ? rewriting.quantized(node, index) : node);
        }
        return Protos.withoutUnused(
                rewriting.graph.clearNode().addAllNode(nodes).build());
    }

    private NodeProto quantized(NodeProto node, GraphIndex index) {
        List<String> inputs = new ArrayList<>(node.getInputList());
        while (inputs.size() < LSTM_INPUTS) {
            inputs.add("");
        }
        List<String> scales = new ArrayList<>();
        List<TensorProto> weights = weights(node, index);
        for (int i = 0; i < weights.size(); i++) {
            inputs.set(1 + i, held(weights.get(i), scales));
        }
        inputs.addAll(scales);
        return node.toBuilder()
                .setDomain(DOMAIN)
                .setOpType(OPERATOR)
                .clearInput()
                .addAllInput(inputs)
                .clearAttribute()
                .addAllAttribute(attributes(node))
                .build();
    }

    /** Returns the attributes without the layout, of which the operator of ONNX Runtime knows the default only. */
    private static List<AttributeProto> attributes(NodeProto node) {
        return node.getAttributeList().stream()
                .filter(attribute -> !attribute.getName().equals(LAYOUT))
                .toList();
    }

    /**
     * Writes weights (directions, gates, features) as bytes (directions, features, gates), with a scale for each gate.
     */
    private String held(TensorProto weights, List<String> scales) {
        int directions = Math.toIntExact(weights.getDims(0));
        int gates = Math.toIntExact(weights.getDims(1));
        int features = Math.toIntExact(weights.getDims(2));
        ChannelWeights quantized =
                ChannelWeights.of(Protos.floats(weights), directions * gates, features, new float[0], 1, range);
        byte[] turned = new byte[quantized.values().length];
        for (int direction = 0; direction < directions; direction++) {
            int start = direction * gates * features;
            for (int gate = 0; gate < gates; gate++) {
                for (int feature = 0; feature < features; feature++) {
                    turned[start + feature * gates + gate] = quantized.values()[start + gate * features + feature];
                }
            }
        }
        List<Long> perGate = List.of((long) directions, (long) gates);
        String name = names.fresh(weights.getName() + ".bytes");
        List<Long> shape = List.of((long) directions, (long) features, (long) gates);
        graph.addInitializer(Protos.tensor(name, DataType.INT8, ByteString.copyFrom(turned), shape));
        String steps = names.fresh(weights.getName() + ".steps");
        graph.addInitializer(Protos.tensor(steps, quantized.scales(), perGate));
        String zeros = names.fresh(weights.getName() + ".zeros");
        graph.addInitializer(
                Protos.tensor(zeros, DataType.INT8, ByteString.copyFrom(new byte[directions * gates]), perGate));
        scales.add(steps);
        scales.add(zeros);
        return name;
    }
}
