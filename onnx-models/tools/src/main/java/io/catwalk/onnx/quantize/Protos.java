package io.catwalk.onnx.quantize;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.catwalk.onnx.file.NodeReads;
import io.catwalk.onnx.file.OnnxWeights;
import io.catwalk.onnx.graph.Initializer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads and creates the messages of ONNX files. */
final class Protos {

    private Protos() {}

    /** Tells whether a node is an operator of ONNX itself. */
    static boolean is(NodeProto node, String operator) {
        return node.getOpType().equals(operator) && isOnnx(node.getDomain());
    }

    static boolean isOnnx(String domain) {
        return domain.isEmpty() || domain.equals("ai.onnx");
    }

    static Optional<AttributeProto> attribute(NodeProto node, String name) {
        return node.getAttributeList().stream()
                .filter(attribute -> attribute.getName().equals(name))
                .findFirst();
    }

    static long number(NodeProto node, String name, long otherwise) {
        return attribute(node, name).map(AttributeProto::getI).orElse(otherwise);
    }

    static float real(NodeProto node, String name, float otherwise) {
        return attribute(node, name).map(AttributeProto::getF).orElse(otherwise);
    }

    static boolean isFloat(TensorProto tensor) {
        return tensor.getDataType() == DataType.FLOAT_VALUE;
    }

    /** Tells whether all 32-bit floats of a tensor are finite. */
    static boolean isFinite(TensorProto tensor) {
        for (float number : floats(tensor)) {
            if (!Float.isFinite(number)) {
                return false;
            }
        }
        return true;
    }

    /** Counts the elements of a tensor. */
    static long size(TensorProto tensor) {
        return tensor.getDimsList().stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
    }

    /** Reads 32-bit floats. */
    static float[] floats(TensorProto tensor) {
        float[] floats = new float[Math.toIntExact(size(tensor))];
        OnnxWeights.of(tensor).buffer().asFloatBuffer().get(floats);
        return floats;
    }

    static TensorProto tensor(String name, float[] numbers, List<Long> shape) {
        return tensor(name, DataType.FLOAT, ByteString.copyFrom(Initializer.bytes(numbers)), shape);
    }

    static TensorProto tensor(String name, DataType type, ByteString data, List<Long> shape) {
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(type.getNumber())
                .addAllDims(shape)
                .setRawData(data)
                .build();
    }

    static ByteString bytes(int[] numbers) {
        ByteBuffer buffer = ByteBuffer.allocate(numbers.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asIntBuffer().put(numbers);
        return ByteString.copyFrom(buffer);
    }

    /** Creates a builder of a node that is named after its output. */
    static NodeProto.Builder node(String operator, List<String> inputs, String output) {
        return NodeProto.newBuilder()
                .setName("/" + operator + "/" + output)
                .setOpType(operator)
                .addAllInput(inputs)
                .addOutput(output);
    }

    static AttributeProto attribute(String name, long number) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(number)
                .build();
    }

    /** Removes weights that no node reads any more, and declarations of tensors that no node computes any more. */
    static GraphProto withoutUnused(GraphProto graph) {
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
