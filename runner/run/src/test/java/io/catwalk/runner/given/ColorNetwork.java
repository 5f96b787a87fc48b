package io.catwalk.runner.given;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Writes ONNX files as other programs do: a network whose logits are weighted sums of the mean of each channel, so that
 * they can be worked out by hand.
 */
final class ColorNetwork {

    static final int FLOAT = DataType.FLOAT_VALUE;
    static final int HALF = DataType.FLOAT16_VALUE;
    static final int BYTES = DataType.UINT8_VALUE;

    private final ModelProto.Builder model = ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17));
    private final GraphProto.Builder graph = model.getGraphBuilder().setName("colors");
    private final int classes;

    /**
     * Takes images with channels first; each logit is its bias and its weight for each channel.
     *
     * @param weights one row for each channel, one number for each class
     */
    ColorNetwork(float[][] weights, float... bias) {
        classes = bias.length;
        input(FLOAT, "batch", weights.length, 5, 5);
        graph.addOutput(value("logits", FLOAT, "batch", classes));
        float[] all = new float[weights.length * classes];
        IntStream.range(0, all.length).forEach(i -> all[i] = weights[i / classes][i % classes]);
        graph.addInitializer(tensor("weight", all, weights.length, classes));
        graph.addInitializer(tensor("bias", bias, classes));
        node("Cast", "images", "numbers", "to", FLOAT);
        node("Identity", "numbers", "ordered");
        graph.addNode(NodeProto.newBuilder()
                .setOpType("ReduceMean")
                .addInput("ordered")
                .addOutput("means")
                .addAttribute(AttributeProto.newBuilder()
                        .setName("axes")
                        .setType(AttributeProto.AttributeType.INTS)
                        .addAllInts(List.of(2L, 3L)))
                .addAttribute(integer("keepdims", 0)));
        graph.addNode(NodeProto.newBuilder()
                .setOpType("Gemm")
                .addAllInput(List.of("means", "weight", "bias"))
                .addOutput("logits"));
    }

    /** Gives the mean of each of three channels as the logit of a class. */
    static ColorNetwork means() {
        return new ColorNetwork(new float[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, 0, 0, 0);
    }

    ColorNetwork input(int type, Object... axes) {
        graph.clearInput().addInput(value("images", type, axes));
        return this;
    }

    ColorNetwork secondInput() {
        graph.addInput(value("mask", FLOAT, "batch", 2));
        return this;
    }

    /** Takes images with channels last. */
    ColorNetwork channelsLast(int type, Object batch, Object height, Object width) {
        graph.setNode(
                1,
                NodeProto.newBuilder()
                        .setOpType("Transpose")
                        .addInput("numbers")
                        .addOutput("ordered")
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("perm")
                                .setType(AttributeProto.AttributeType.INTS)
                                .addAllInts(List.of(0L, 3L, 1L, 2L))));
        return input(type, batch, height, width, 3);
    }

    ColorNetwork output(int type, Object... axes) {
        graph.setOutput(0, value("logits", type, axes));
        return this;
    }

    /** Puts an operator between the logits and the output. */
    ColorNetwork ending(String operator) {
        String from = before();
        if (operator.endsWith("oftmax")) {
            return node(operator, from, "logits", "axis", 1);
        }
        node(operator, from, "logits");
        return this;
    }

    /** Returns maps of one pixel, as a network without a linear layer does. */
    ColorNetwork maps() {
        graph.addInitializer(TensorProto.newBuilder()
                .setName("last")
                .setDataType(DataType.INT64_VALUE)
                .addDims(2)
                .addAllInt64Data(List.of(2L, 3L)));
        graph.addNode(NodeProto.newBuilder()
                .setOpType("Unsqueeze")
                .addAllInput(List.of(before(), "last"))
                .addOutput("logits"));
        return output(FLOAT, "batch", classes, 1, 1);
    }

    /** Rounds the output to 16 bits. */
    ColorNetwork halfOutput() {
        output(HALF, "batch", classes);
        return node("Cast", before(), "logits", "to", HALF);
    }

    private String before() {
        String name = "before" + graph.getNodeCount();
        graph.getNodeBuilder(graph.getNodeCount() - 1).setOutput(0, name);
        return name;
    }

    /** Adds another output of the same shape, the negative of the logits. */
    ColorNetwork negative(String name) {
        graph.addNode(NodeProto.newBuilder()
                .setOpType("Neg")
                .addInput(graph.getOutput(0).getName())
                .addOutput(name));
        graph.addOutput(value(name, FLOAT, "batch", classes));
        return this;
    }

    ColorNetwork renamed(String name) {
        graph.getNodeBuilder(graph.getNodeCount() - 1).setOutput(0, name);
        graph.setOutput(0, value(name, FLOAT, "batch", classes));
        return this;
    }

    ColorNetwork metadata(Map<String, String> entries) {
        entries.forEach((key, value) -> model.addMetadataProps(
                StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return this;
    }

    ColorNetwork labels(String... names) {
        return metadata(Map.of("labels", String.join("\n", names)));
    }

    Path write(Path file) throws IOException {
        return Files.write(file, model.build().toByteArray());
    }

    private ColorNetwork node(String operator, String from, String to, String attribute, int value) {
        graph.addNode(NodeProto.newBuilder()
                .setOpType(operator)
                .addInput(from)
                .addOutput(to)
                .addAttribute(integer(attribute, value)));
        return this;
    }

    private void node(String operator, String from, String to) {
        graph.addNode(NodeProto.newBuilder().setOpType(operator).addInput(from).addOutput(to));
    }

    private static AttributeProto.Builder integer(String name, int value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value);
    }

    private static ValueInfoProto value(String name, int type, Object... axes) {
        ValueInfoProto.Builder value = ValueInfoProto.newBuilder().setName(name);
        var tensor = value.getTypeBuilder().getTensorTypeBuilder().setElemType(type);
        tensor.getShapeBuilder();
        for (Object axis : axes) {
            var dimension = tensor.getShapeBuilder().addDimBuilder();
            if (axis instanceof Integer size) {
                dimension.setDimValue(size);
            } else {
                dimension.setDimParam(axis.toString());
            }
        }
        return value.build();
    }

    private static TensorProto.Builder tensor(String name, float[] values, long... shape) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(FLOAT);
        for (float value : values) {
            tensor.addFloatData(value);
        }
        for (long size : shape) {
            tensor.addDims(size);
        }
        return tensor;
    }
}
