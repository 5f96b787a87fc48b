package io.catwalk.onnx.diff;

import static io.catwalk.onnx.Refusals.fileRefused;
import static io.catwalk.onnx.TestModels.BATCH;
import static io.catwalk.onnx.TestModels.FLOAT;
import static io.catwalk.onnx.TestModels.cast;
import static io.catwalk.onnx.TestModels.node;
import static io.catwalk.onnx.TestModels.tensor;
import static io.catwalk.onnx.TestModels.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.catwalk.onnx.TestModels;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small files as different programs write them: constants, other names, text, sequences. */
@Tag("tiny")
final class OtherFormsTest {

    private static final float[] WEIGHTS = {1, 2, 3, 4};
    private static final Map<String, Tensor> ROWS = Map.of("x", Tensor.of(new float[] {1, 2, 3, 5}, 2, 2));

    @TempDir
    private Path folder;

    private static NodeProto.Builder named(String operator, List<String> inputs, String output) {
        return node(operator, inputs, output).setName(operator + " to " + output);
    }

    private static AttributeProto.Builder attribute(String name, AttributeProto.AttributeType type) {
        return AttributeProto.newBuilder().setName(name).setType(type);
    }

    private static AttributeProto.Builder number(String name, int value) {
        return attribute(name, AttributeProto.AttributeType.INT).setI(value);
    }

    private static NodeProto.Builder withValue(NodeProto.Builder node, TensorProto tensor) {
        return node.addAttribute(
                attribute("value", AttributeProto.AttributeType.TENSOR).setT(tensor));
    }

    private static NodeProto.Builder constant(String output, float... numbers) {
        return withValue(named("Constant", List.of(), output), tensor("", numbers, numbers.length));
    }

    private static NodeProto.Builder filled(String output, TensorProto value) {
        return withValue(named("ConstantOfShape", List.of("size"), output), value);
    }

    /** A graph with the input x and the output y, of two columns. */
    private static GraphProto.Builder graph(NodeProto.Builder... nodes) {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName("small")
                .addInput(value("x", FLOAT, BATCH, 2))
                .addOutput(value("y", FLOAT, "rows", "columns"));
        for (NodeProto.Builder each : nodes) {
            graph.addNode(each);
        }
        return graph;
    }

    private static GraphProto.Builder product(float first) {
        return graph(named("MatMul", List.of("x", "w"), "y"))
                .addInitializer(tensor("w", new float[] {first, 2, 3, 4}, 2, 2));
    }

    private Path file(String name, GraphProto.Builder graph) {
        return TestModels.write(folder.resolve(name), TestModels.model(graph));
    }

    private OnnxDiff diff(GraphProto.Builder reference, GraphProto.Builder other) {
        return OnnxDiff.between(file("a.onnx", reference), file("b.onnx", other), ROWS, Tolerance.standard());
    }

    /** Returns the causes of the only difference, which begins in a node. */
    private static List<String> causes(OnnxDiff diff, String node) {
        List<Finding> findings = diff.report().findings();
        assertThat(findings).extracting(Finding::node).containsExactly(node);
        return findings.get(0).causes();
    }

    private static TensorProto whole(String name, long... values) {
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(DataType.INT64_VALUE)
                .addDims(values.length);
        for (long each : values) {
            tensor.addInt64Data(each);
        }
        return tensor.build();
    }

    private static TensorProto wholeRaw(String name, long... values) {
        ByteBuffer raw = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        raw.asLongBuffer().put(values);
        return whole(name, values).toBuilder()
                .clearInt64Data()
                .setRawData(ByteString.copyFrom(raw))
                .build();
    }

    @Test
    void aReferenceWhoseOutputCannotBeComparedIsRefused() {
        GraphProto.Builder text = product(1)
                .setOutput(0, value("t", DataType.STRING_VALUE, BATCH, 2))
                .addNode(cast("y", "t", DataType.STRING_VALUE).setName("Cast to t"));
        ValueInfoProto list = ValueInfoProto.newBuilder()
                .setName("s")
                .setType(TypeProto.newBuilder()
                        .setSequenceType(TypeProto.Sequence.newBuilder()
                                .setElemType(value("", FLOAT, BATCH, 2).getType())))
                .build();
        GraphProto.Builder sequence =
                product(1).setOutput(0, list).addNode(named("SequenceConstruct", List.of("y"), "s"));
        for (GraphProto.Builder each : List.of(text, sequence)) {
            String output = each.getOutput(0).getName();
            fileRefused(() -> diff(each, each))
                    .contains("a.onnx: expected outputs of numbers or booleans, found others: " + output);
        }
    }

    @Test
    void anOutputThatIsAWeightIsCompared() {
        GraphProto.Builder one =
                product(1).addOutput(value("k", FLOAT, 1)).addInitializer(tensor("k", new float[] {1}, 1));
        GraphProto.Builder other =
                product(1).addOutput(value("k", FLOAT, 1)).addInitializer(tensor("k", new float[] {2}, 1));

        DiffReport report = diff(one, other).report();

        assertThat(report.agrees()).isFalse();
        assertThat(Objects.requireNonNull(report.outputs().get("y")).agrees()).isTrue();
        assertThat(Objects.requireNonNull(report.outputs().get("k")).beyond()).isEqualTo(1);
    }

    /** Numbers that are all the same cannot tell which tensor they are. */
    @Test
    void anInputOfOtherNameIsKnownWhateverItsNumbers() {
        GraphProto.Builder renamed = product(7)
                .setInput(0, value("given", FLOAT, BATCH, 2))
                .setNode(0, named("MatMul", List.of("given", "w"), "y"));
        Map<String, Tensor> ones = Map.of("x", Tensor.of(new float[] {1, 1, 1, 1}, 2, 2));

        OnnxDiff diff =
                OnnxDiff.between(file("a.onnx", product(1)), file("b.onnx", renamed), ones, Tolerance.standard());
        assertThat(causes(diff, "MatMul to y"))
                .containsExactly(
                        "weights w: 1 of 4 numbers differ, most at (0, 0): 1.00000 against 7.00000, by 6.0e+00");
    }

    @Test
    void weightsInAConstantAreThoseInAnInitializer() throws IOException {
        GraphProto.Builder constant = graph(
                        withValue(named("Constant", List.of(), "w"), tensor("", WEIGHTS, 2, 2)),
                        named("Gemm", List.of("x", "w", "b"), "y"))
                .addInitializer(tensor("b", new float[2], 2));
        GraphProto.Builder initializer = graph(named("Gemm", List.of("x", "w", "b"), "y"))
                .addInitializer(tensor("w", WEIGHTS, 2, 2))
                .addInitializer(tensor("b", new float[2], 2));

        DiffReport same = diff(constant, initializer).report();
        assertThat(same.agrees()).isTrue();
        assertThat(same.matched()).isEqualTo(same.tensors());
        assertThat(same.elsewhere()).isEmpty();

        initializer.getNodeBuilder(0).addAttribute(number("transB", 1));
        OnnxDiff diff = diff(constant, initializer);
        assertThat(causes(diff, "Gemm to y")).containsExactly("attribute transB: its default against 1");
        Path reduced = diff.reduce(folder.resolve("reduced")).get(0);
        try (OnnxRunner runner = OnnxRunner.open(reduced.resolve("model.onnx"))) {
            assertThat(Objects.requireNonNull(runner.run(ROWS).get("y")).toDoubles())
                    .containsExactly(7, 10, 18, 26);
        }
    }

    @Test
    void constantsAndWeightsThatDifferAreNamedWithTheirNumbers() {
        GraphProto.Builder one = product(1)
                .setNode(0, named("MatMul", List.of("x", "w"), "p"))
                .addNode(constant("c", 1, 2))
                .addNode(named("Add", List.of("p", "c"), "y"));
        GraphProto.Builder other = one.clone().setNode(1, constant("c", 1, 3));
        assertThat(causes(diff(one, other), "Add to y"))
                .containsExactly("weights c: 1 of 2 numbers differ, most at (1): 2.00000 against 3.00000, by 1.0e+00");

        one.addInitializer(whole("size", 2)).setNode(1, filled("c", tensor("", new float[] {1}, 1)));
        other = one.clone().setNode(1, filled("c", tensor("", new float[] {4}, 1)));
        assertThat(causes(diff(one, other), "ConstantOfShape to c"))
                .singleElement(STRING)
                .startsWith("attribute value: 1 of 1 numbers differ, most at (0): 1.00000 against 4.00000");
    }

    @Test
    void anInputThatOneFileOmitsIsNamed() {
        GraphProto.Builder one = graph(named("Clip", List.of("x", "", "most"), "y"))
                .addInitializer(tensor("least", new float[] {2}))
                .addInitializer(tensor("most", new float[] {3}));
        GraphProto.Builder other = one.clone().setNode(0, named("Clip", List.of("x", "least", "most"), "y"));

        assertThat(causes(diff(one, other), "Clip to y")).containsExactly("input 1: nothing against weights least");
        assertThat(causes(diff(other, one), "Clip to y")).containsExactly("input 1: weights least against nothing");
    }

    /** The format has several fields for the numbers of a tensor (onnx.proto, TensorProto). */
    @Test
    void equalNumbersInAnotherFieldAreNoDifference() {
        TensorProto floats = tensor("", new float[] {1}, 1);
        GraphProto.Builder one = graph(
                        filled("c", floats),
                        named("Add", List.of("x", "c"), "s"),
                        named("Reshape", List.of("s", "shape"), "y"))
                .addInitializer(whole("size", 2))
                .addInitializer(whole("shape", -1, 1));
        TensorProto plain = floats.toBuilder().clearRawData().addFloatData(1).build();
        GraphProto.Builder other =
                one.clone().setInitializer(1, wholeRaw("shape", -1, 1)).setNode(0, filled("c", plain));

        assertThat(diff(one, other).report().elsewhere()).isEmpty();

        other.setInitializer(1, wholeRaw("shape", -1, 4));
        assertThat(causes(diff(one, other), "Reshape to y"))
                .singleElement(STRING)
                .startsWith("weights shape: 1 of 2 numbers differ, most at (1): 1.00000 against 4.00000");
    }

    /** A sequence has no numbers to compare; the node that makes it is not to blame. */
    @Test
    void aFaultBehindASequenceIsFoundInItsNode() throws IOException {
        GraphProto.Builder one = graph(
                named("Relu", List.of("x"), "r"),
                named("SequenceConstruct", List.of("r", "r"), "s"),
                named("ConcatFromSequence", List.of("s"), "y").addAttribute(number("axis", 0)));
        GraphProto.Builder other = one.clone()
                .setNode(2, named("ConcatFromSequence", List.of("s"), "y").addAttribute(number("axis", 1)));

        OnnxDiff diff = diff(one, other);

        assertThat(causes(diff, "ConcatFromSequence to y")).containsExactly("attribute axis: 0 against 1");
        List<Path> reduced = diff.reduce(folder.resolve("reduced"));
        assertThat(reduced).hasSize(2);
        try (OnnxRunner runner = OnnxRunner.open(reduced.get(1).resolve("model.onnx"))) {
            assertThat(runner.run(Map.of("r", Objects.requireNonNull(ROWS.get("x"))))
                            .get("y"))
                    .hasToString("float (2, 4)");
        }
    }

    /** Programs number their tensors; one more node at the beginning shifts all numbers. */
    @Test
    void numbersAsNamesAreNotMistakenForTheSameTensor() {
        GraphProto.Builder one = graph(
                        named("MatMul", List.of("x", "w"), "1"),
                        named("Relu", List.of("1"), "2"),
                        named("Add", List.of("2", "2"), "y"))
                .addInitializer(tensor("w", WEIGHTS, 2, 2));
        GraphProto.Builder shifted = graph(
                        named("Neg", List.of("x"), "1"),
                        named("Neg", List.of("1"), "2"),
                        named("MatMul", List.of("2", "w"), "3"),
                        named("Relu", List.of("3"), "4"),
                        named("Add", List.of("4", "4"), "y"))
                .addInitializer(tensor("w", WEIGHTS, 2, 2));
        DiffReport same = diff(one, shifted).report();
        assertThat(same.agrees()).isTrue();
        assertThat(same.elsewhere()).isEmpty();

        shifted.setInitializer(0, tensor("w", new float[] {1, 2, 3, 5}, 2, 2));
        OnnxDiff diff = diff(one, shifted);
        assertThat(diff.report().findings()).extracting(Finding::other).containsExactly("MatMul to 3");
        assertThat(causes(diff, "MatMul to 1")).singleElement(STRING).startsWith("weights w: 1 of 4 numbers differ");
    }
}
