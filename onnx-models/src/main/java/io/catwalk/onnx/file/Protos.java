package io.catwalk.onnx.file;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.catwalk.onnx.ExportException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/** Reads and creates the messages of ONNX files. */
public final class Protos {

    private Protos() {}

    /** Tells whether a node is an operator of ONNX itself. */
    public static boolean is(NodeProto node, String operator) {
        return node.getOpType().equals(operator) && isOnnx(node.getDomain());
    }

    public static boolean isOnnx(String domain) {
        return domain.isEmpty() || domain.equals("ai.onnx");
    }

    public static Optional<AttributeProto> attribute(NodeProto node, String name) {
        return node.getAttributeList().stream()
                .filter(attribute -> attribute.getName().equals(name))
                .findFirst();
    }

    public static long number(NodeProto node, String name, long otherwise) {
        return attribute(node, name).map(AttributeProto::getI).orElse(otherwise);
    }

    public static float real(NodeProto node, String name, float otherwise) {
        return attribute(node, name).map(AttributeProto::getF).orElse(otherwise);
    }

    public static boolean isFloat(TensorProto tensor) {
        return tensor.getDataType() == DataType.FLOAT_VALUE;
    }

    /** Tells whether all 32-bit floats of a tensor are finite. */
    public static boolean isFinite(TensorProto tensor) {
        for (float number : floats(tensor)) {
            if (!Float.isFinite(number)) {
                return false;
            }
        }
        return true;
    }

    /** Counts the elements of a tensor. */
    public static long size(TensorProto tensor) {
        return tensor.getDimsList().stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
    }

    /** Reads 32-bit floats. */
    public static float[] floats(TensorProto tensor) {
        float[] floats = new float[Math.toIntExact(size(tensor))];
        OnnxWeights.of(tensor).buffer().asFloatBuffer().get(floats);
        return floats;
    }

    public static TensorProto tensor(String name, float[] numbers, List<Long> shape) {
        ByteBuffer data = room(numbers.length, Float.BYTES);
        data.asFloatBuffer().put(numbers);
        return tensor(name, DataType.FLOAT, ByteString.copyFrom(data), shape);
    }

    public static TensorProto floats(String name, float... numbers) {
        return tensor(name, numbers, List.of((long) numbers.length));
    }

    public static TensorProto longs(String name, long... numbers) {
        ByteBuffer data = room(numbers.length, Long.BYTES);
        data.asLongBuffer().put(numbers);
        return tensor(name, DataType.INT64, ByteString.copyFrom(data), List.of((long) numbers.length));
    }

    private static ByteBuffer room(int count, int bytes) {
        return ByteBuffer.allocate(count * bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    public static TensorProto tensor(String name, DataType type, ByteString data, List<Long> shape) {
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(type.getNumber())
                .addAllDims(shape)
                .setRawData(data)
                .build();
    }

    public static ByteString bytes(int[] numbers) {
        ByteBuffer buffer = room(numbers.length, Integer.BYTES);
        buffer.asIntBuffer().put(numbers);
        return ByteString.copyFrom(buffer);
    }

    /** Appends entries to the metadata of a model. */
    public static void addMetadata(ModelProto.Builder model, Map<String, String> entries) {
        entries.forEach((key, value) -> model.addMetadataProps(entry(key, value)));
    }

    public static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    /** Creates a builder of a node that is named after its output. */
    public static NodeProto.Builder node(String operator, List<String> inputs, String output) {
        return NodeProto.newBuilder()
                .setName("/" + operator + "/" + output)
                .setOpType(operator)
                .addAllInput(inputs)
                .addOutput(output);
    }

    public static AttributeProto attribute(String name, long number) {
        return attribute(name, (Object) number);
    }

    /** Creates an attribute of whole numbers, floats or words: one, or a list of them. */
    public static AttributeProto attribute(String name, Object value) {
        AttributeProto.Builder proto = AttributeProto.newBuilder().setName(name);
        if (value instanceof Long number) {
            proto.setType(AttributeProto.AttributeType.INT).setI(number);
        } else if (value instanceof Float number) {
            proto.setType(AttributeProto.AttributeType.FLOAT).setF(number);
        } else if (value instanceof String word) {
            proto.setType(AttributeProto.AttributeType.STRING).setS(ByteString.copyFromUtf8(word));
        } else if (value instanceof List<?> list && list.stream().allMatch(Long.class::isInstance)) {
            proto.setType(AttributeProto.AttributeType.INTS);
            list.forEach(number -> proto.addInts((Long) number));
        } else if (value instanceof List<?> list && list.stream().allMatch(Float.class::isInstance)) {
            proto.setType(AttributeProto.AttributeType.FLOATS);
            list.forEach(number -> proto.addFloats((Float) number));
        } else if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            proto.setType(AttributeProto.AttributeType.STRINGS);
            list.forEach(word -> proto.addStrings(ByteString.copyFromUtf8((String) word)));
        } else {
            throw new ExportException("attribute " + name + " has no ONNX form: " + value);
        }
        return proto.build();
    }

    /** Describes an input or output of fixed sizes. */
    public static ValueInfoProto value(String name, DataType type, long... sizes) {
        return value(name, type, LongStream.of(sizes).mapToObj(Protos::size).toArray(Dimension[]::new));
    }

    /** Describes an input or output. */
    public static ValueInfoProto value(String name, DataType type, Dimension... sizes) {
        ValueInfoProto.Builder value = ValueInfoProto.newBuilder().setName(name);
        TypeProto.Tensor.Builder tensor = value.getTypeBuilder().getTensorTypeBuilder();
        tensor.setElemType(type.getNumber()).getShapeBuilder().addAllDim(List.of(sizes));
        return value.build();
    }

    public static Dimension size(long size) {
        return Dimension.newBuilder().setDimValue(size).build();
    }

    /** Describes an axis of any size. */
    public static Dimension axis(String name) {
        return Dimension.newBuilder().setDimParam(name).build();
    }

    /** Lists the names that are used in a graph or in its subgraphs. */
    public static String[] names(GraphProto graph) {
        List<String> taken = new ArrayList<>();
        graph.getInputList().forEach(value -> taken.add(value.getName()));
        graph.getInitializerList().forEach(tensor -> taken.add(tensor.getName()));
        graph.getNodeList().forEach(node -> {
            taken.add(node.getName());
            taken.addAll(node.getOutputList());
            taken.addAll(NodeReads.inside(node));
        });
        return taken.toArray(String[]::new);
    }

    /** Removes weights that no node reads any more, and declarations of tensors that no node computes any more. */
    public static GraphProto withoutUnused(GraphProto graph) {
        Set<String> read = new HashSet<>();
        Set<String> made = new HashSet<>();
        graph.getOutputList().forEach(output -> read.add(output.getName()));
        for (NodeProto node : graph.getNodeList()) {
            read.addAll(NodeReads.of(node));
            made.addAll(node.getOutputList());
        }
        List<TensorProto> weights = graph.getInitializerList().stream()
                .filter(tensor -> read.contains(tensor.getName()))
                .toList();
        List<ValueInfoProto> values = graph.getValueInfoList().stream()
                .filter(value -> made.contains(value.getName()))
                .toList();
        return graph.toBuilder()
                .clearInitializer()
                .addAllInitializer(weights)
                .clearValueInfo()
                .addAllValueInfo(values)
                .build();
    }
}
