package io.catwalk.onnx.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.runtime.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads models that {@link OnnxSerializer} wrote; writing them again gives the same bytes. It cannot read files of
 * other programs that leave out shapes, or that use element types, attributes or data formats that the serializer does
 * not use.
 */
public final class OnnxParser {

    private final Map<String, Value> values = new HashMap<>();

    private OnnxParser() {
        values.put("", Value.OMITTED);
    }

    /**
     * Reads a model. The numbers that shapes depend on ({@link Value#contents}) are not computed again, and a size that is
     * not fixed is an axis whose name is the text of the size. Tensors in another file keep name, type and shape, and have
     * no elements.
     *
     * @throws IllegalArgumentException if it is not an ONNX file, or not one that {@link OnnxSerializer} could have
     *     written
     */
    public static Model model(byte[] file) {
        try {
            ModelProto proto = ModelProto.parseFrom(file);
            SortedMap<String, String> metadata = new TreeMap<>();
            for (StringStringEntryProto entry : proto.getMetadataPropsList()) {
                metadata.put(entry.getKey(), entry.getValue());
            }
            long opset = proto.getOpsetImportList().stream()
                    .filter(set -> set.getDomain().isEmpty())
                    .mapToLong(OperatorSetIdProto::getVersion)
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("expected an operator set of ONNX, found none"));
            return new Model(
                    new OnnxParser().graph(proto.getGraph()),
                    Math.toIntExact(opset),
                    metadata,
                    proto.getProducerVersion());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("expected an ONNX model, found another or a damaged file", e);
        }
    }

    private Graph graph(GraphProto proto) {
        List<Value> inputs = proto.getInputList().stream().map(this::declare).toList();
        List<Value> outputs = proto.getOutputList().stream().map(this::declare).toList();
        proto.getValueInfoList().forEach(this::declare);
        List<Initializer> initializers =
                proto.getInitializerList().stream().map(this::initializer).toList();
        return new Graph(
                inputs,
                outputs,
                initializers,
                proto.getNodeList().stream().map(this::node).toList());
    }

    private Value declare(ValueInfoProto info) {
        List<Dim> dims = info.getType().getTensorType().getShape().getDimList().stream()
                .map(size -> size.hasDimValue() ? Dim.of(size.getDimValue()) : Dim.axis(size.getDimParam()))
                .toList();
        return put(Value.of(info.getName(), type(info.getType().getTensorType().getElemType()), new TensorShape(dims)));
    }

    private Initializer initializer(TensorProto tensor) {
        TensorShape shape =
                new TensorShape(tensor.getDimsList().stream().map(Dim::of).toList());
        Value value = put(Value.of(tensor.getName(), type(tensor.getDataType()), shape));
        if (tensor.getExternalDataCount() > 0) {
            return new Initializer(value, () -> {
                throw new ExportException("the elements of " + tensor.getName() + " are in another file");
            });
        }
        return new Initializer(value, tensor.getRawData().toByteArray());
    }

    private Value put(Value value) {
        values.put(value.name(), value);
        return value;
    }

    private Node node(NodeProto node) {
        SortedMap<String, Object> attributes = new TreeMap<>();
        node.getAttributeList().forEach(attribute -> attributes.put(attribute.getName(), value(attribute)));
        return new Node(
                node.getName(),
                node.getDomain().isEmpty() ? node.getOpType() : node.getDomain() + Node.DOMAIN_END + node.getOpType(),
                known(node, node.getInputList()),
                known(node, node.getOutputList()),
                new Attributes(attributes),
                node.getDocString());
    }

    private List<Value> known(NodeProto node, List<String> names) {
        List<Value> found = new ArrayList<>();
        for (String name : names) {
            Value value = values.get(name);
            if (value == null) {
                throw new IllegalArgumentException("expected the type and shape of " + name + " at " + node.getOpType()
                        + " " + node.getName() + ", found none in the file");
            }
            found.add(value);
        }
        return found;
    }

    private static Object value(AttributeProto attribute) {
        return switch (attribute.getType()) {
            case INT -> attribute.getI();
            case FLOAT -> attribute.getF();
            case STRING -> attribute.getS().toStringUtf8();
            case INTS -> List.copyOf(attribute.getIntsList());
            case FLOATS -> List.copyOf(attribute.getFloatsList());
            case STRINGS ->
                attribute.getStringsList().stream()
                        .map(ByteString::toStringUtf8)
                        .toList();
            default ->
                throw new IllegalArgumentException("expected numbers or words in the attribute " + attribute.getName()
                        + ", found " + attribute.getType());
        };
    }

    private static TensorType type(int code) {
        return Elements.type(code)
                .orElseThrow(() -> new IllegalArgumentException(
                        "expected an element type of " + Elements.TYPES + ", found the one with code " + code));
    }
}
