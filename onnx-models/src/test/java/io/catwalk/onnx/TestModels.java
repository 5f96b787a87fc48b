package io.catwalk.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Builds small ONNX files by hand. */
public final class TestModels {

    public static final String BATCH = "batch";
    public static final int FLOAT = TensorProto.DataType.FLOAT_VALUE;
    public static final int UINT8 = TensorProto.DataType.UINT8_VALUE;

    private TestModels() {}

    /**
     * Computes three logits of an image of 2 x 2: the sum of its pixels, its first pixel, and ten times its
     * last pixel plus one.
     */
    public static ModelProto.Builder linear() {
        return linear(BATCH);
    }

    public static ModelProto.Builder linear(Object batch) {
        return model(GraphProto.newBuilder()
                .setName("linear")
                .addInput(value("images", FLOAT, batch, 1, 2, 2))
                .addOutput(value("logits", FLOAT, batch, 3))
                .addInitializer(tensor("weight", new float[] {1, 1, 0, 1, 0, 0, 1, 0, 0, 1, 0, 10}, 4, 3))
                .addInitializer(tensor("bias", new float[] {0, 0, 1}, 3))
                .addNode(node("Flatten", List.of("images"), "flat"))
                .addNode(node("Gemm", List.of("flat", "weight", "bias"), "logits")));
    }

    /** Computes the same from uint8 pixels, as {@code (pixel / 255 - 0.5) / 0.25}. */
    public static ModelProto.Builder pixels() {
        ModelProto.Builder model = linear();
        model.getGraphBuilder()
                .setInput(0, value("images", UINT8, BATCH, 1, 2, 2))
                .addInitializer(tensor("scale", new float[] {255f * 0.25f}))
                .addInitializer(tensor("shift", new float[] {2f}))
                .clearNode()
                .addNode(cast("images", "float", FLOAT))
                .addNode(node("Div", List.of("float", "scale"), "scaled"))
                .addNode(node("Sub", List.of("scaled", "shift"), "normalized"))
                .addNode(node("Flatten", List.of("normalized"), "flat"))
                .addNode(node("Gemm", List.of("flat", "weight", "bias"), "logits"));
        return model;
    }

    /** Convolves, pools and classifies images of 8 x 8 into five classes, with weights from a seed. */
    public static ModelProto.Builder convolution(long seed) {
        Random random = new Random(seed);
        return model(GraphProto.newBuilder()
                .setName("convolution")
                .addInput(value("images", FLOAT, BATCH, 1, 8, 8))
                .addOutput(value("logits", FLOAT, BATCH, 5))
                .addInitializer(tensor("kernel", random(random, 8 * 9), 8, 1, 3, 3))
                .addInitializer(tensor("kernelBias", random(random, 8), 8))
                .addInitializer(tensor("weight", random(random, 8 * 36 * 5), 8 * 36, 5))
                .addInitializer(tensor("bias", random(random, 5), 5))
                .addNode(node("Conv", List.of("images", "kernel", "kernelBias"), "convolved"))
                .addNode(node("Relu", List.of("convolved"), "active"))
                .addNode(node("Flatten", List.of("active"), "flat"))
                .addNode(node("Gemm", List.of("flat", "weight", "bias"), "logits")));
    }

    public static ModelProto.Builder model(GraphProto.Builder graph) {
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .setProducerName("test")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(graph);
    }

    /** Describes a value; a dimension is a number or a name. */
    public static ValueInfoProto value(String name, int type, Object... dimensions) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Object dimension : dimensions) {
            if (dimension instanceof Integer size) {
                shape.addDimBuilder().setDimValue(size);
            } else {
                shape.addDimBuilder().setDimParam((String) dimension);
            }
        }
        TypeProto.Tensor.Builder tensor =
                TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape);
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }

    public static NodeProto.Builder node(String operator, List<String> inputs, String output) {
        return NodeProto.newBuilder().setOpType(operator).addAllInput(inputs).addOutput(output);
    }

    /** Converts to an element type, a number of {@code TensorProto.DataType}. */
    public static NodeProto.Builder cast(String from, String to, int type) {
        return node("Cast", List.of(from), to)
                .addAttribute(AttributeProto.newBuilder()
                        .setName("to")
                        .setType(AttributeProto.AttributeType.INT)
                        .setI(type));
    }

    public static TensorProto tensor(String name, float[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(FLOAT)
                .setRawData(ByteString.copyFrom(bytes.rewind()));
        for (long dimension : shape) {
            tensor.addDims(dimension);
        }
        return tensor.build();
    }

    public static float[] random(Random random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    public static Path write(Path file, ModelProto.Builder model) {
        return write(file, model.build().toByteArray());
    }

    public static Path write(Path file, byte[] bytes) {
        try {
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
