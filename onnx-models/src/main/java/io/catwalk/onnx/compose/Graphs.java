package io.catwalk.onnx.compose;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.catwalk.onnx.file.NodeReads;
import io.catwalk.onnx.file.Protos;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Cuts, renames and joins the graphs of files that any program wrote. */
final class Graphs {

    private static final String PRODUCER = "catwalk-onnx";

    private Graphs() {}

    /** Returns the part of a graph that computes a tensor, without outputs. */
    static GraphProto behind(GraphProto whole, String tensor) {
        List<NodeProto> nodes = NodeReads.behind(whole.getNodeList(), Set.of(tensor));
        Set<String> known = new HashSet<>();
        nodes.forEach(node -> {
            known.addAll(NodeReads.of(node));
            known.addAll(node.getOutputList());
        });
        GraphProto.Builder part = whole.toBuilder()
                .clearNode()
                .addAllNode(nodes)
                .clearOutput()
                .clearInput()
                .clearInitializer()
                .clearSparseInitializer()
                .clearValueInfo()
                .clearQuantizationAnnotation();
        Set<String> weights = new HashSet<>();
        whole.getInitializerList().stream()
                .filter(weight -> known.contains(weight.getName()) && weights.add(weight.getName()))
                .forEach(part::addInitializer);
        whole.getSparseInitializerList().stream()
                .filter(weight -> known.contains(weight.getValues().getName())
                        && weights.add(weight.getValues().getName()))
                .forEach(part::addSparseInitializer);
        whole.getInputList().stream() // files of IR version 3 list weights, too
                .filter(input -> known.contains(input.getName()) && !weights.contains(input.getName()))
                .forEach(part::addInput);
        whole.getValueInfoList().stream()
                .filter(value -> known.contains(value.getName()))
                .forEach(part::addValueInfo);
        whole.getQuantizationAnnotationList().stream()
                .filter(note -> known.contains(note.getTensorName()))
                .forEach(part::addQuantizationAnnotation);
        return part.build();
    }

    /** Renames every value and node in a graph and its subgraphs; empty names, of what is left out, stay empty. */
    static GraphProto renamed(GraphProto graph, UnaryOperator<String> names) {
        UnaryOperator<String> rename = name -> name.isEmpty() ? name : names.apply(name);
        GraphProto.Builder other = graph.toBuilder();
        other.getNodeBuilderList().forEach(node -> {
            node.setName(rename.apply(node.getName()));
            for (int i = 0; i < node.getInputCount(); i++) {
                node.setInput(i, rename.apply(node.getInput(i)));
            }
            for (int i = 0; i < node.getOutputCount(); i++) {
                node.setOutput(i, rename.apply(node.getOutput(i)));
            }
            node.getAttributeBuilderList().forEach(attribute -> {
                if (attribute.hasG()) {
                    attribute.setG(renamed(attribute.getG(), names));
                }
                for (int i = 0; i < attribute.getGraphsCount(); i++) {
                    attribute.setGraphs(i, renamed(attribute.getGraphs(i), names));
                }
            });
        });
        other.getInitializerBuilderList().forEach(weight -> weight.setName(rename.apply(weight.getName())));
        other.getSparseInitializerBuilderList().forEach(weight -> {
            TensorProto.Builder values = weight.getValuesBuilder();
            values.setName(rename.apply(values.getName()));
        });
        other.getInputBuilderList().forEach(value -> value.setName(rename.apply(value.getName())));
        other.getOutputBuilderList().forEach(value -> value.setName(rename.apply(value.getName())));
        other.getValueInfoBuilderList().forEach(value -> value.setName(rename.apply(value.getName())));
        other.getQuantizationAnnotationBuilderList().forEach(note -> {
            note.setTensorName(rename.apply(note.getTensorName()));
            note.getQuantParameterTensorNamesBuilderList()
                    .forEach(entry -> entry.setValue(rename.apply(entry.getValue())));
        });
        return other.build();
    }

    /** Appends the nodes and weights of another graph, but not its inputs and outputs. */
    static void append(GraphProto.Builder graph, GraphProto more) {
        graph.addAllNode(more.getNodeList())
                .addAllInitializer(more.getInitializerList())
                .addAllSparseInitializer(more.getSparseInitializerList())
                .addAllValueInfo(more.getValueInfoList())
                .addAllQuantizationAnnotation(more.getQuantizationAnnotationList());
    }

    /** Returns the version of ONNX's own operator set that a model uses; 0 if it uses others only. */
    static long opset(ModelProto model) {
        return operatorSets(model).getOrDefault("", 0L);
    }

    /** Returns the version of each operator set of a model by its domain. */
    static Map<String, Long> operatorSets(ModelProto model) {
        Map<String, Long> sets = new LinkedHashMap<>();
        for (OperatorSetIdProto set : model.getOpsetImportList()) {
            sets.put(set.getDomain().equals("ai.onnx") ? "" : set.getDomain(), set.getVersion());
        }
        return sets;
    }

    /** Makes a model of a graph that is composed of others. */
    static ModelProto.Builder model(GraphProto.Builder graph, Map<String, Long> operatorSets, long irVersion) {
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(irVersion)
                .setProducerName(PRODUCER)
                .setGraph(graph);
        operatorSets.forEach((domain, version) -> model.addOpsetImport(
                OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version)));
        return model;
    }

    static NodeProto.Builder node(String operator, List<String> inputs, String output) {
        return Protos.node(operator, inputs, output).setName(output);
    }

    /** Describes an output of (batch, numbers) 32-bit floats. */
    static ValueInfoProto rows(String name, Dimension batch, int numbers) {
        return Protos.value(name, TensorProto.DataType.FLOAT, batch, Protos.size(numbers));
    }
}
