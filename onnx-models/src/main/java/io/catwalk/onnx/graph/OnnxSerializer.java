package io.catwalk.onnx.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.file.Protos;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes a model as the bytes of an {@code .onnx} file; {@link OnnxParser} reads it back. */
public final class OnnxSerializer {

    private static final String PRODUCER = "catwalk-onnx";

    /** A protobuf message is limited to 2 GB; names, shapes and metadata need a part of it. */
    private static final long LARGEST_FILE = Integer.MAX_VALUE - (64L << 20);

    private OnnxSerializer() {}

    /** Creates the error for something that does not fit into a file: protobuf messages are limited to 2 GB. */
    public static ExportException tooLarge(String what, long bytes) {
        return new ExportException(String.format(
                Locale.ROOT,
                "%s takes %.1f GB, and an ONNX file holds at most 2 GB, as does an array of Java: write the model"
                        + " into a file, with its weights beside it, and split what is larger by itself",
                what,
                bytes / 1e9));
    }

    /** {@return a model as the content of a file; the same model gives the same bytes} */
    public static byte[] bytes(Model model) {
        ModelMessage message = message(model);
        byte[] bytes = new byte[Math.toIntExact(message.size())];
        try {
            message.writeTo(CodedOutputStream.newInstance(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException("an array took fewer bytes than were counted", e);
        }
        return bytes;
    }

    /**
     * Writes a model, one tensor at a time. Beside the model itself, this needs only as much memory as its largest
     * tensor.
     *
     * @param stream receives the same bytes that {@link #bytes} returns; stays open
     */
    public static void write(Model model, OutputStream stream) throws IOException {
        message(model).writeTo(CodedOutputStream.newInstance(stream));
    }

    /**
     * Writes a model whose tensors of 1 KiB or more are in another file, one tensor at a time.
     *
     * @param location path of that file, relative to the folder of the model
     */
    public static void write(Model model, String location, OutputStream data, OutputStream stream) throws IOException {
        DataFile beside = DataFile.of(location, model.graph().initializers());
        beside.writeTo(data);
        message(model, beside).writeTo(CodedOutputStream.newInstance(stream));
    }

    /** Tells whether a file can hold a model with all its tensors: false if {@link #bytes} would throw. */
    public static boolean fits(Model model) {
        return size(model) <= LARGEST_FILE;
    }

    private static long size(Model model) {
        return model.graph().initializers().stream()
                .mapToLong(Initializer::size)
                .sum();
    }

    private static ModelMessage message(Model model) {
        if (!fits(model)) {
            throw tooLarge("the network with its constants", size(model));
        }
        return message(model, new DataFile("", Map.of()));
    }

    private static ModelMessage message(Model model, DataFile beside) {
        ModelProto.Builder head =
                ModelProto.newBuilder().setIrVersion(irVersion(model.opset())).setProducerName(PRODUCER);
        if (!model.producerVersion().isEmpty()) {
            head.setProducerVersion(model.producerVersion());
        }
        ModelProto.Builder tail = ModelProto.newBuilder()
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(model.opset()));
        model.graph().nodes().stream()
                .map(Node::domain)
                .filter(domain -> !domain.isEmpty())
                .distinct()
                .sorted()
                .forEach(domain -> tail.addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(1)));
        Protos.addMetadata(tail, model.metadata());
        return new ModelMessage(
                head.build(),
                nodes(model.graph()),
                tensors(model.graph(), beside),
                values(model.graph()),
                tail.build());
    }

    /** Returns the IR version that came with an operator set (onnx/docs/Versioning.md, released versions). */
    private static long irVersion(int opset) {
        if (opset <= 14) {
            return 7;
        }
        if (opset <= 18) {
            return 8;
        }
        return opset <= 20 ? 9 : 10;
    }

    private static GraphProto nodes(Graph graph) {
        GraphProto.Builder proto = GraphProto.newBuilder().setName("network");
        graph.nodes().forEach(node -> proto.addNode(node(node)));
        return proto.build();
    }

    private static GraphProto values(Graph graph) {
        GraphProto.Builder proto = GraphProto.newBuilder();
        graph.inputs().forEach(value -> proto.addInput(valueInfo(value)));
        graph.outputs().forEach(value -> proto.addOutput(valueInfo(value)));
        Set<String> outputs = graph.outputs().stream().map(Value::name).collect(Collectors.toSet());
        graph.nodes().stream()
                .flatMap(node -> node.outputs().stream())
                .filter(value -> !outputs.contains(value.name()))
                .forEach(value -> proto.addValueInfo(valueInfo(value)));
        return proto.build();
    }

    private static List<ModelMessage.Tensor> tensors(Graph graph, DataFile beside) {
        return graph.initializers().stream()
                .map(initializer -> new ModelMessage.Tensor(tensor(initializer, beside), initializer))
                .toList();
    }

    /** Describes a tensor without its elements, which are written later or are in the other file. */
    private static TensorProto tensor(Initializer initializer, DataFile beside) {
        TensorProto.Builder proto = TensorProto.newBuilder()
                .setName(initializer.value().name())
                .setDataType(initializer.value().type().code());
        for (long size : initializer.value().shape().fixed(initializer.value().name())) {
            proto.addDims(size);
        }
        Long offset = beside.tensors().get(initializer);
        if (offset != null) {
            proto.setDataLocation(TensorProto.DataLocation.EXTERNAL)
                    .addExternalData(Protos.entry("location", beside.location()))
                    .addExternalData(Protos.entry("offset", Long.toString(offset)))
                    .addExternalData(Protos.entry("length", Long.toString(initializer.size())));
        }
        return proto.build();
    }

    private static ValueInfoProto valueInfo(Value value) {
        return Protos.value(
                value.name(),
                TensorProto.DataType.forNumber(value.type().code()),
                value.shape().dims().stream()
                        .map(dim -> dim.isFixed() ? Protos.size(dim.fixed()) : Protos.axis(dim.toString()))
                        .toArray(Dimension[]::new));
    }

    private static NodeProto node(Node node) {
        NodeProto.Builder proto = NodeProto.newBuilder().setName(node.name()).setOpType(node.operatorInDomain());
        if (!node.domain().isEmpty()) {
            proto.setDomain(node.domain());
        }
        node.inputs().forEach(value -> proto.addInput(value.name()));
        node.outputs().forEach(value -> proto.addOutput(value.name()));
        node.attributes().entries().forEach((name, value) -> proto.addAttribute(Protos.attribute(name, value)));
        if (!node.doc().isEmpty()) {
            proto.setDocString(node.doc());
        }
        return proto.build();
    }

    /**
     * The layout of the large tensors of a model in a second file (ONNX, ExternalData.md). Each tensor begins at a multiple
     * of the unit in which operating systems map files into memory.
     *
     * @param location path of the file, relative to the folder of the model
     * @param tensors tensors in the order of the file, each with the offset of its first byte
     */
    private record DataFile(String location, Map<Initializer, Long> tensors) {

        /** Smaller tensors stay in the model, as with ONNX's own tool: runtimes look there for shapes and scalars. */
        private static final long SMALLEST = 1 << 10;

        private static final long PAGE = 1 << 12;

        /** The unit in which Windows maps files; only large tensors are worth this alignment. */
        private static final long GRANULE = 1 << 16;

        private static final long LARGE = 1 << 20;

        static DataFile of(String location, List<Initializer> initializers) {
            Map<Initializer, Long> tensors = new LinkedHashMap<>();
            long end = 0;
            for (Initializer initializer : initializers) {
                long size = initializer.size();
                if (size >= SMALLEST) {
                    long unit = size >= LARGE ? GRANULE : PAGE;
                    long offset = (end + unit - 1) / unit * unit;
                    tensors.put(initializer, offset);
                    end = offset + size;
                }
            }
            return new DataFile(location, tensors);
        }

        /** Writes the file, one tensor after the other. */
        void writeTo(OutputStream stream) throws IOException {
            long at = 0;
            for (Map.Entry<Initializer, Long> tensor : tensors.entrySet()) {
                stream.write(new byte[Math.toIntExact(tensor.getValue() - at)]);
                tensor.getKey().writeTo(stream::write);
                at = tensor.getValue() + tensor.getKey().size();
            }
        }
    }

    /**
     * Holds the protobuf message of a file in parts, so that tensors are written one at a time. The parts follow each other
     * in the order of their field numbers (onnx.proto), as protobuf itself writes them.
     *
     * @param head fields of the model before its graph
     * @param nodes fields of the graph before its tensors
     * @param values fields of the graph after its tensors
     * @param tail fields of the model after its graph
     */
    private record ModelMessage(
            ModelProto head, GraphProto nodes, List<Tensor> tensors, GraphProto values, ModelProto tail) {

        /** Holds one tensor. */
        record Tensor(TensorProto about, Initializer elements) {

            private boolean isBeside() {
                return about.getExternalDataCount() > 0;
            }

            private long size() {
                return about.getSerializedSize()
                        + (isBeside() ? 0 : field(TensorProto.RAW_DATA_FIELD_NUMBER, elements.size()));
            }

            private void writeTo(CodedOutputStream stream) throws IOException {
                begin(stream, GraphProto.INITIALIZER_FIELD_NUMBER, size());
                about.writeTo(stream);
                if (!isBeside()) {
                    begin(stream, TensorProto.RAW_DATA_FIELD_NUMBER, elements.size());
                    elements.writeTo(stream::write);
                }
            }
        }

        long size() {
            return head.getSerializedSize()
                    + field(ModelProto.GRAPH_FIELD_NUMBER, graphSize())
                    + tail.getSerializedSize();
        }

        private long graphSize() {
            return nodes.getSerializedSize()
                    + tensors.stream()
                            .mapToLong(tensor -> field(GraphProto.INITIALIZER_FIELD_NUMBER, tensor.size()))
                            .sum()
                    + values.getSerializedSize();
        }

        void writeTo(CodedOutputStream stream) throws IOException {
            head.writeTo(stream);
            begin(stream, ModelProto.GRAPH_FIELD_NUMBER, graphSize());
            nodes.writeTo(stream);
            for (Tensor tensor : tensors) {
                tensor.writeTo(stream);
            }
            values.writeTo(stream);
            tail.writeTo(stream);
            stream.flush();
        }

        /** Counts the bytes of a field with its number and its length. */
        private static long field(int number, long length) {
            return CodedOutputStream.computeTagSize(number) + CodedOutputStream.computeUInt64SizeNoTag(length) + length;
        }

        private static void begin(CodedOutputStream stream, int number, long length) throws IOException {
            stream.writeTag(number, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            stream.writeUInt64NoTag(length);
        }
    }
}
