package io.catwalk.onnx.graph;

import static io.catwalk.onnx.Refusals.argumentRefused;
import static io.catwalk.onnx.Refusals.exportRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.TensorType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The protobuf library can read what is written, and both ways to write give the same bytes. */
@Tag("tiny")
class OnnxSerializerTest {

    private static final TensorShape SHAPE = new TensorShape(List.of(Dim.BATCH, Dim.of(2)));
    private static final Value IMAGES = Value.of("images", TensorType.FLOAT, SHAPE);
    private static final Value LOGITS = Value.of("logits", TensorType.FLOAT, SHAPE);

    private static Model model(int opset, Initializer weight, Attributes attributes) {
        Node node =
                new Node("a", "com.example::Add", List.of(IMAGES, weight.value()), List.of(LOGITS), attributes, "why");
        SortedMap<String, String> words = new TreeMap<>(java.util.Map.of("labels", "yes,no"));
        return new Model(
                new Graph(List.of(IMAGES), List.of(LOGITS), List.of(weight), List.of(node)), opset, words, "7");
    }

    private static Initializer weight(int size) {
        return new Initializer(Value.of("weight", TensorType.INT8, TensorShape.of(size)), new byte[size]);
    }

    /** The table of released versions in onnx/docs/Versioning.md. */
    @ParameterizedTest
    @CsvSource({"13, 7", "14, 7", "15, 8", "17, 8", "18, 8", "19, 9", "20, 9", "21, 10"})
    void theIrVersionIsThatOfTheOperatorSet(int opset, long expected) throws InvalidProtocolBufferException {
        ModelProto proto = ModelProto.parseFrom(OnnxSerializer.bytes(model(opset, weight(2), Attributes.NONE)));
        assertThat(proto.getIrVersion()).isEqualTo(expected);
        assertThat(proto.getOpsetImportList())
                .extracting(set -> set.getDomain() + " " + set.getVersion())
                .containsExactly(" " + opset, "com.example 1");
    }

    @Test
    void everythingIsReadBack() throws InvalidProtocolBufferException {
        Attributes attributes = new Attributes(new TreeMap<>(Map.of(
                "whole",
                3L,
                "real",
                0.5f,
                "word",
                "linear",
                "wholes",
                List.of(1L, 2L),
                "words",
                List.of("x", "y"),
                "reals",
                List.of(0.5f, -2f))));
        Model model = model(17, weight(2), attributes);
        byte[] bytes = OnnxSerializer.bytes(model);
        ModelProto proto = ModelProto.parseFrom(bytes);
        assertThat(proto.toByteArray()).isEqualTo(bytes);
        assertThat(proto.getProducerName() + " " + proto.getProducerVersion()).isEqualTo("catwalk-onnx 7");
        NodeProto node = proto.getGraph().getNode(0);
        assertThat(node.getOpType() + " " + node.getDomain() + " " + node.getDocString())
                .isEqualTo("Add com.example why");
        assertThat(node.getAttributeList())
                .extracting(AttributeProto::getType)
                .extracting(Enum::name)
                .containsExactly("FLOAT", "FLOATS", "INT", "INTS", "STRING", "STRINGS");
        assertThat(proto.getGraph().getOutput(0).toString()).contains("dim_param: \"batch\"");
        Model back = OnnxParser.model(bytes);
        assertThat(back.metadata()).isEqualTo(model.metadata());
        assertThat(back.graph().nodes()).isEqualTo(model.graph().nodes());
    }

    /** Lengths around those at which a tensor is written in several parts. */
    @ParameterizedTest
    @CsvSource({"0", "1", "65535", "65536", "65537", "200000"})
    void largeTensorsAreWrittenWhole(int size) throws IOException {
        byte[] data = new byte[size];
        for (int i = 0; i < size; i++) {
            data[i] = (byte) (i * 31 + i / 251);
        }
        Initializer weight = new Initializer(Value.of("weight", TensorType.INT8, TensorShape.of(size)), data);
        Model model = model(17, weight, Attributes.NONE);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        OnnxSerializer.write(model, stream);
        assertThat(stream.toByteArray()).isEqualTo(OnnxSerializer.bytes(model));
        TensorProto tensor =
                ModelProto.parseFrom(stream.toByteArray()).getGraph().getInitializer(0);
        assertThat(tensor.getRawData().toByteArray()).isEqualTo(data);
    }

    @Test
    void whatIsTooLargeIsRefusedBeforeItIsAskedFor() {
        Initializer weight = new Initializer(Value.of("weight", TensorType.FLOAT, TensorShape.of(600_000_000)), () -> {
            throw new AssertionError("asked for 2.4 GB");
        });
        exportRefused(() -> OnnxSerializer.bytes(model(17, weight, Attributes.NONE)))
                .contains("takes 2.4 GB, and an ONNX file holds at most 2 GB");
    }

    /** 64 MB of the 2 GB are left for names. */
    @Test
    void theLargestWeightsThatFitAreAskedFor() {
        Value value = Value.of("weight", TensorType.INT8, TensorShape.of(Integer.MAX_VALUE - (64L << 20)));
        Initializer weight = new Initializer(value, () -> {
            throw new ArithmeticException("asked");
        });
        assertThatThrownBy(
                        () -> OnnxSerializer.write(model(17, weight, Attributes.NONE), OutputStream.nullOutputStream()))
                .isInstanceOf(ArithmeticException.class);
    }

    @Test
    void theOperatorSetIsThatOfOnnxWhereverItStands() {
        ModelProto.Builder file = ModelProto.newBuilder();
        file.addOpsetImportBuilder().setDomain("com.example").setVersion(3);
        file.addOpsetImportBuilder().setVersion(17);
        assertThat(OnnxParser.model(file.build().toByteArray()).opset()).isEqualTo(17);
    }

    @Test
    void floatsAreReadAsTheyWereLaidOut() {
        float[] numbers = {1.5f, -2, Float.MIN_VALUE};
        Value value = Value.of("weight", TensorType.FLOAT, TensorShape.of(3));
        assertThat(new Initializer(value, Initializer.bytes(numbers)).floats()).containsExactly(numbers);
    }

    private static byte[] file(NodeProto.Builder node, int type) {
        ModelProto.Builder file = ModelProto.newBuilder();
        file.addOpsetImportBuilder().setVersion(17);
        file.getGraphBuilder()
                .addNode(node)
                .addInitializerBuilder()
                .setName("weight")
                .setDataType(type)
                .addDims(0);
        return file.build().toByteArray();
    }

    @Test
    void filesOfOthersAreRefusedWithTheReason() {
        NodeProto.Builder node = NodeProto.newBuilder().setName("a").setOpType("Relu");
        byte[] text = "not a model".getBytes(StandardCharsets.UTF_8);
        argumentRefused(() -> OnnxParser.model(text)).contains("expected an ONNX model");
        argumentRefused(() -> OnnxParser.model(new byte[0])).contains("found none");
        argumentRefused(() -> OnnxParser.model(file(node, TensorProto.DataType.COMPLEX64_VALUE)))
                .contains("found the one with code 14");
        argumentRefused(() -> OnnxParser.model(file(node.clone().addInput("nobody"), 1)))
                .contains("the type and shape of nobody at Relu a");
        AttributeProto graph = AttributeProto.newBuilder()
                .setName("body")
                .setType(AttributeProto.AttributeType.GRAPH)
                .build();
        argumentRefused(() -> OnnxParser.model(file(node.clone().addAttribute(graph), 1)))
                .contains("in the attribute body, found GRAPH");
    }

    static List<Path> zoo() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("zoo"))) {
            List<Path> found =
                    files.filter(file -> file.toString().endsWith(".onnx")).toList();
            assertThat(found).hasSizeGreaterThanOrEqualTo(10);
            return found;
        }
    }

    @ParameterizedTest
    @MethodSource("zoo")
    void whatIsReadIsWrittenAsTheSameBytes(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        assertThat(OnnxSerializer.bytes(OnnxParser.model(bytes))).isEqualTo(bytes);
    }

    /** The number in the metadata was counted on the traced graph, before it was written. */
    @ParameterizedTest
    @MethodSource("zoo")
    void theWorkIsThatOfTheGraphThatWasWritten(Path file) throws IOException {
        Model model = OnnxParser.model(Files.readAllBytes(file));
        assertThat(model.metadata())
                .containsEntry(
                        MetadataKeys.MULTIPLY_ACCUMULATES,
                        Long.toString(model.graph().multiplyAccumulates()));
    }
}
