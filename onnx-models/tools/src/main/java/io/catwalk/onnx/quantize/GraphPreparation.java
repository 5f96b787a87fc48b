package io.catwalk.onnx.quantize;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.catwalk.onnx.file.OnnxWeights;
import io.catwalk.onnx.file.Protos;
import io.catwalk.onnx.graph.ChannelNorm;
import io.catwalk.onnx.graph.Names;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Rewrites a graph from any program into forms that can be quantized; it computes the same as before. */
final class GraphPreparation {

    private static final int BATCH_NORM_INPUTS = 5;

    private static final String DILATIONS = "dilations";
    private static final String COUNTS_PADS = "count_include_pad";

    private GraphPreparation() {}

    static GraphProto prepared(GraphProto graph) {
        GraphProto named = withNames(withWideWeights(withFixedConstants(graph)));
        return withFlattenAsReshape(withoutNorms(meanPools(named)));
    }

    /** Turns constants into weights, and removes weights from the inputs, where old files list them, too. */
    private static GraphProto withFixedConstants(GraphProto graph) {
        Set<String> fixed = graph.getInitializerList().stream()
                .map(TensorProto::getName)
                .collect(Collectors.toCollection(HashSet::new));
        List<ValueInfoProto> inputs = graph.getInputList().stream()
                .filter(input -> !fixed.contains(input.getName()))
                .toList();
        GraphProto.Builder changed =
                graph.toBuilder().clearInput().addAllInput(inputs).clearNode();
        for (NodeProto node : graph.getNodeList()) {
            Optional<TensorProto> constant = Protos.is(node, "Constant")
                    ? Protos.attribute(node, "value").map(value -> value.getT())
                    : Optional.empty();
            if (constant.isPresent()) {
                changed.addInitializer(constant.get().toBuilder().setName(node.getOutput(0)));
            } else {
                changed.addNode(node);
            }
        }
        return changed.build();
    }

    /** Replaces weights of 16 bits that are cast while a file is loaded with weights of 32 bits. */
    private static GraphProto withWideWeights(GraphProto graph) {
        GraphIndex index = new GraphIndex(graph);
        GraphProto.Builder changed = graph.toBuilder().clearNode();
        for (NodeProto node : graph.getNodeList()) {
            Optional<TensorProto> halves = Optional.of(node)
                    .filter(cast ->
                            Protos.is(cast, "Cast") && Protos.number(cast, "to", 0) == TensorProto.DataType.FLOAT_VALUE)
                    .flatMap(cast -> index.fixed(cast.getInput(0)))
                    .filter(tensor -> tensor.getDataType() == TensorProto.DataType.FLOAT16_VALUE);
            if (halves.isPresent()) {
                double[] numbers = OnnxWeights.of(halves.get()).toDoubles();
                float[] floats = new float[numbers.length];
                for (int i = 0; i < floats.length; i++) {
                    floats[i] = (float) numbers[i];
                }
                changed.addInitializer(
                        Protos.tensor(node.getOutput(0), floats, halves.get().getDimsList()));
            } else {
                changed.addNode(node);
            }
        }
        return Protos.withoutUnused(changed.build());
    }

    /** Gives every node a unique name, so that messages can refer to it. */
    private static GraphProto withNames(GraphProto graph) {
        Set<String> taken = new HashSet<>();
        GraphProto.Builder changed = graph.toBuilder().clearNode();
        for (NodeProto node : graph.getNodeList()) {
            String name = node.getName().isEmpty() ? node.getOpType() + "_" + node.getOutput(0) : node.getName();
            while (!taken.add(name)) {
                name += "_" + node.getOutput(0);
            }
            changed.addNode(node.toBuilder().setName(name));
        }
        return changed.build();
    }

    private static GraphProto withoutNorms(GraphProto graph) {
        GraphIndex index = new GraphIndex(graph);
        Names names = names(graph);
        GraphProto.Builder changed = graph.toBuilder();
        List<NodeProto> nodes = new ArrayList<>();
        for (NodeProto node : graph.getNodeList()) {
            Optional<NodeProto> before = Optional.of(node)
                    .filter(norm -> isDoneLearning(norm, index))
                    .flatMap(norm -> index.maker(norm.getInput(0)))
                    .filter(linear -> index.onlyReader(linear.getOutput(0)).isPresent())
                    .filter(linear -> !Protos.is(linear, "MatMul")) // which takes no bias
                    .filter(linear -> LinearNode.of(linear, index).isPresent());
            if (before.isEmpty()) {
                nodes.add(node);
            } else {
                LinearNode linear = LinearNode.of(before.get(), index).orElseThrow();
                nodes.replaceAll(
                        each -> each.equals(linear.node()) ? folded(linear, node, index, names, changed) : each);
            }
        }
        return Protos.withoutUnused(changed.clearNode().addAllNode(nodes).build());
    }

    private static boolean isDoneLearning(NodeProto node, GraphIndex index) {
        return Protos.is(node, "BatchNormalization")
                && node.getOutputCount() == 1
                && node.getInputCount() == BATCH_NORM_INPUTS
                && node.getInputList().stream()
                        .skip(1)
                        .allMatch(input -> index.fixedFloats(input).isPresent());
    }

    private static NodeProto folded(
            LinearNode linear, NodeProto norm, GraphIndex index, Names names, GraphProto.Builder graph) {
        ChannelNorm channels = new ChannelNorm(
                floats(norm, 1, index),
                floats(norm, 2, index),
                floats(norm, 3, index),
                floats(norm, 4, index),
                Protos.real(norm, "epsilon", ChannelNorm.DEFAULT_EPSILON));
        float[] weights = Protos.floats(linear.weights());
        channels.multiplyInto(weights, linear.inner());
        float[] bias = channels.bias(linear.bias().map(Protos::floats).orElse(null));
        String weightName = names.fresh(norm.getOutput(0) + ".weight");
        String biasName = names.fresh(norm.getOutput(0) + ".bias");
        graph.addInitializer(Protos.tensor(weightName, weights, linear.weights().getDimsList()));
        graph.addInitializer(Protos.tensor(biasName, bias, List.of((long) bias.length)));
        return linear.node().toBuilder()
                .clearInput()
                .addInput(linear.node().getInput(0))
                .addInput(weightName)
                .addInput(biasName)
                .setOutput(0, norm.getOutput(0))
                .build();
    }

    private static float[] floats(NodeProto node, int input, GraphIndex index) {
        return Protos.floats(index.fixedFloats(node.getInput(input)).orElseThrow());
    }

    /**
     * Replaces Flatten with Reshape: ONNX Runtime has a kernel for bytes only for Reshape. Both always do the same only
     * after the first axis.
     */
    private static GraphProto withFlattenAsReshape(GraphProto graph) {
        Names names = names(graph);
        GraphProto.Builder changed = graph.toBuilder().clearNode();
        for (NodeProto node : graph.getNodeList()) {
            if (Protos.is(node, "Flatten") && Protos.number(node, "axis", 1) == 1) {
                String shape = names.fresh(node.getOutput(0) + ".shape");
                changed.addInitializer(Protos.longs(shape, 0, -1));
                changed.addNode(
                        node.toBuilder().setOpType("Reshape").clearAttribute().addInput(shape));
            } else {
                changed.addNode(node);
            }
        }
        return changed.build();
    }

    /** Returns a source of names that are not used in a graph or in its subgraphs. */
    static Names names(GraphProto graph) {
        return new Names(Protos.names(graph));
    }

    /**
     * Writes each AveragePool so that it computes the same in bytes. ONNX Runtime uses its kernel for bytes
     * (QLinearAveragePool) wherever a pool is between bytes. This kernel refuses dilations, and where a pool rounds its
     * size up and counts pads, it also counts the cells beyond the pads.
     */
    private static GraphProto meanPools(GraphProto graph) {
        Names names = GraphPreparation.names(graph);
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
