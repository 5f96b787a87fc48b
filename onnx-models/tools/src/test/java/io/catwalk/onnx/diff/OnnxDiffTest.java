package io.catwalk.onnx.diff;

import static io.catwalk.onnx.Refusals.fileRefused;
import static io.catwalk.onnx.TestModels.BATCH;
import static io.catwalk.onnx.TestModels.FLOAT;
import static io.catwalk.onnx.TestModels.cast;
import static io.catwalk.onnx.TestModels.node;
import static io.catwalk.onnx.TestModels.random;
import static io.catwalk.onnx.TestModels.tensor;
import static io.catwalk.onnx.TestModels.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.catwalk.onnx.TestModels;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.OnnxRuntime;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.TensorType;
import io.catwalk.onnx.runtime.Tolerance;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Faults that are planted into real files are found where they were planted. */
final class OnnxDiffTest {

    private static final Path ZOO = Path.of("../zoo/fashion-mnist");

    @TempDir
    private Path folder;

    private static final Map<String, Tensor> IMAGES =
            Map.of("images", Tensor.of(random(new Random(5), 4 * 28 * 28), 4, 1, 28, 28));

    private static ModelProto.Builder read(Path file) throws IOException {
        return ModelProto.parseFrom(Files.readAllBytes(file)).toBuilder();
    }

    private static OnnxDiff diff(Path reference, Path other) {
        return OnnxDiff.between(reference, other, IMAGES, Tolerance.standard());
    }

    /** Changes a node, and may change the weights of the graph. */
    private interface Fault {

        void plant(NodeProto.Builder node, GraphProto.Builder graph);
    }

    private static Arguments fault(String what, String file, String operator, int which, String said, Fault fault) {
        return Arguments.of(what, file, operator, which, said, fault);
    }

    private static Fault real(String name, float value) {
        return (node, graph) -> attribute(node, name).setF(value);
    }

    private static Fault whole(String name, long... values) {
        return (node, graph) -> {
            AttributeProto.Builder attribute = attribute(node, name).clearInts();
            for (long value : values) {
                attribute.addInts(value);
            }
        };
    }

    private static AttributeProto.Builder attribute(NodeProto.Builder node, String name) {
        return node.getAttributeBuilderList().stream()
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Fault weight(int input, int index) {
        return (node, graph) -> floats(graph, node.getInput(input), numbers -> {
            numbers[index] += 0.5f;
            return numbers;
        });
    }

    /** In ONNX, the gates of a recurrent layer are stacked, each with as many rows as the layer has units. */
    private static Fault swappedGates(int input, int one, int other, int gates) {
        return (node, graph) -> floats(graph, node.getInput(input), numbers -> {
            int gate = numbers.length / gates;
            float[] swapped = numbers.clone();
            System.arraycopy(numbers, one * gate, swapped, other * gate, gate);
            System.arraycopy(numbers, other * gate, swapped, one * gate, gate);
            return swapped;
        });
    }

    private static void floats(GraphProto.Builder graph, String name, UnaryOperator<float[]> change) {
        TensorProto.Builder weights = graph.getInitializerBuilderList().stream()
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElseThrow();
        ByteBuffer raw = weights.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        float[] numbers = new float[raw.remaining() / Float.BYTES];
        raw.asFloatBuffer().get(numbers);
        ByteBuffer changed = ByteBuffer.allocate(raw.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        changed.asFloatBuffer().put(change.apply(numbers));
        weights.setRawData(ByteString.copyFrom(changed));
    }

    @Test
    void aModelWithItsWeightsInAnotherFileIsTheSame() throws IOException {
        ModelProto.Builder model = read(ZOO.resolve("conv-maxpool.onnx"));
        ByteString data = ByteString.EMPTY;
        for (TensorProto.Builder tensor : model.getGraphBuilder().getInitializerBuilderList()) {
            ByteString raw = tensor.getRawData();
            tensor.clearRawData().setDataLocation(TensorProto.DataLocation.EXTERNAL);
            tensor.addExternalDataBuilder().setKey("location").setValue("weights");
            tensor.addExternalDataBuilder().setKey("offset").setValue("" + data.size());
            tensor.addExternalDataBuilder().setKey("length").setValue("" + raw.size());
            data = data.concat(raw);
        }
        Files.write(folder.resolve("weights"), data.toByteArray());
        Path two = Files.write(folder.resolve("two.onnx"), model.build().toByteArray());
        assertThat(diff(ZOO.resolve("conv-maxpool.onnx"), two).report().agrees())
                .isTrue();
    }

    static List<Arguments> faults() {
        Fault epsilon = real("epsilon", 0.01f);
        Fault reset = (node, graph) -> attribute(node, "linear_before_reset").setI(0);
        String norm = "BatchNormalization";
        return List.of(
                fault("epsilon", "drop-norm-l2", norm, 0, "attribute epsilon: 1.0E-5 against", epsilon),
                fault("epsilon", "drop-norm-l2", norm, 1, "attribute epsilon", epsilon),
                fault("epsilon", "drop-norm-l2", norm, 3, "attribute epsilon", epsilon),
                fault("epsilon", "lstm", norm, 0, "attribute epsilon", epsilon),
                fault("weight", "drop-norm-l2", "Conv", 0, "1 of 144 numbers differ", weight(1, 17)),
                fault("weight", "drop-norm-l2", "Conv", 2, "1 of 18,432 numbers differ", weight(1, 17)),
                fault("weight", "conv-maxpool", "Conv", 1, "numbers differ", weight(1, 4000)),
                fault("bias", "conv-maxpool", "Conv", 0, "numbers differ", weight(2, 3)),
                fault("weight", "small-conv", "Gemm", 1, "1 of 640 numbers differ", weight(1, 20)),
                fault("weight", "lstm", "LSTM", 1, "numbers differ, most at", weight(1, 999)),
                fault("scale", "gru", norm, 0, "numbers differ", weight(1, 5)),
                fault("gates", "lstm", "LSTM", 0, "weights", swappedGates(1, 0, 1, 4)),
                fault("gates", "lstm", "LSTM", 1, "weights", swappedGates(2, 2, 3, 4)),
                fault("gates", "gru", "GRU", 0, "weights", swappedGates(1, 0, 1, 3)),
                fault("reset", "gru", "GRU", 1, "attribute linear_before_reset: 1 against 0", reset),
                fault("stride", "stride-conv", "Conv", 0, "strides: [2, 2] against [1, 1]", whole("strides", 1, 1)),
                fault("stride", "small-conv", "Conv", 1, "attribute strides", whole("strides", 1, 1)),
                fault("pads", "conv-maxpool", "Conv", 1, "attribute pads", whole("pads", 0, 0, 2, 2)),
                fault("axis", "lstm", "ReduceMean", 0, "attribute axes", whole("axes", 2)),
                fault("axis", "rnn", "Transpose", 1, "attribute perm", whole("perm", 0, 1, 2)));
    }

    private static int index(GraphProto.Builder graph, String operator, int which) {
        return IntStream.range(0, graph.getNodeCount())
                .filter(i -> graph.getNode(i).getOpType().equals(operator))
                .skip(which)
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest(name = "{0} in {2} {3} of {1}")
    @MethodSource("faults")
    void aFaultIsFoundInItsNodeAndNamed(String what, String file, String operator, int which, String said, Fault fault)
            throws IOException {
        Path reference = ZOO.resolve(file + ".onnx");
        ModelProto.Builder model = read(reference);
        GraphProto.Builder graph = model.getGraphBuilder();
        int index = index(graph, operator, which);
        String node = graph.getNode(index).getName();
        fault.plant(graph.getNodeBuilder(index), graph);
        Path faulty = TestModels.write(folder.resolve("faulty.onnx"), model);

        OnnxDiff diff = diff(reference, faulty);

        assertThat(diff.report().agrees()).isFalse();
        Finding first = diff.report().findings().get(0);
        assertThat(first.node()).isEqualTo(node);
        assertThat(first.other()).isEqualTo(node);
        assertThat(first.place()).contains("called at");
        assertThat(first.causes()).singleElement(STRING).contains(said);
        assertThat(Objects.requireNonNull(first.difference()).agrees()).isFalse();
        assertThat(diff.report().findings()).hasSize(1);
        assertThat(diff.report().elsewhere()).isEmpty();
        List<Path> reduced = diff.reduce(folder.resolve("reduced"));
        assertThat(reduced).hasSize(2);
        assertStillDiffers(reduced);
    }

    /** Runs both models on the array that the node read, and checks that their outputs still differ. */
    private static void assertStillDiffers(List<Path> reduced) throws IOException {
        TensorProto input =
                TensorProto.parseFrom(Files.readAllBytes(reduced.get(0).resolve("test_data_set_0/input_0.pb")));
        long[] shape = input.getDimsList().stream().mapToLong(Long::longValue).toArray();
        ByteBuffer raw = input.getRawData().asReadOnlyByteBuffer();
        List<Tensor> made = new ArrayList<>();
        for (Path folder : reduced) {
            Path model = folder.resolve("model.onnx");
            assertThat(read(model).getGraph().getNodeCount()).isEqualTo(1);
            try (OnnxRunner runner = OnnxRunner.open(model)) {
                Tensor given = Tensor.of(TensorType.FLOAT, raw.duplicate(), shape);
                made.addAll(
                        runner.run(Map.of(runner.inputs().get(0).name(), given)).values());
            }
        }
        assertThat(TensorDifference.of(made.get(0), made.get(made.size() / 2), Tolerance.standard())
                        .agrees())
                .isFalse();
    }

    /** On these inputs the unit that the weight belongs to is 0. */
    @Test
    void aFaultThatNothingComesOfIsToldAllTheSame() throws IOException {
        Path reference = ZOO.resolve("small-conv.onnx");
        ModelProto.Builder model = read(reference);
        GraphProto.Builder graph = model.getGraphBuilder();
        NodeProto.Builder last = graph.getNodeBuilder(graph.getNodeCount() - 1);
        weight(1, 8).plant(last, graph);
        Path faulty = TestModels.write(folder.resolve("faulty.onnx"), model);

        DiffReport report = diff(reference, faulty).report();

        assertThat(report.agrees()).isTrue();
        assertThat(report.findings()).isEmpty();
        assertThat(report.elsewhere()).singleElement().satisfies(finding -> {
            assertThat(finding.node()).isEqualTo(last.getName());
            assertThat(finding.causes()).singleElement(STRING).contains("1 of 640 numbers differ, most at (0, 8): ");
        });
    }

    @Test
    void aFileAgreesWithItself() {
        Path file = ZOO.resolve("gru.onnx");
        DiffReport report = diff(file, file).report();

        assertThat(report.agrees()).isTrue();
        assertThat(report.findings()).isEmpty();
        assertThat(report.elsewhere()).isEmpty();
        assertThat(report.matched()).isEqualTo(report.tensors());
    }

    /** Writes a network that was exported for one image, although its file says that it takes any number of them. */
    private Path forOneImage() {
        ModelProto.Builder baked = TestModels.linear();
        baked.getGraphBuilder()
                .addInitializer(TensorProto.newBuilder()
                        .setName("shape")
                        .setDataType(TensorProto.DataType.INT64_VALUE)
                        .addDims(2)
                        .addInt64Data(1)
                        .addInt64Data(4))
                .clearNode()
                .addNode(node("Relu", List.of("images"), "active"))
                .addNode(node("Reshape", List.of("active", "shape"), "flat"))
                .addNode(node("Gemm", List.of("flat", "weight", "bias"), "logits"));
        return TestModels.write(folder.resolve("broken.onnx"), baked);
    }

    @Test
    void aReferenceThatDoesNotComputeItsOutputIsRefused() {
        Path broken = forOneImage();
        Path sound = TestModels.write(folder.resolve("sound.onnx"), TestModels.linear());
        Map<String, Tensor> rows = Map.of("images", Tensor.of(random(new Random(1), 64), 16, 1, 2, 2));

        for (Path other : List.of(broken, sound)) {
            fileRefused(() -> OnnxDiff.between(broken, other))
                    .contains(broken + ": expected ")
                    .doesNotContain("\n");
        }
        fileRefused(() -> OnnxDiff.optimized(broken, rows, Tolerance.standard()))
                .contains(broken + ": expected ");

        DiffReport turned = OnnxDiff.between(sound, broken).report();
        assertThat(turned.agrees()).isFalse();
        assertThat(turned.outputs()).containsOnlyKeys("logits");
    }

    /** A file that fails as a whole is run once more for each of its three tensors. */
    @Test
    void eachRunIsACallThatAWatchdogSees() {
        Path sound = TestModels.write(folder.resolve("sound.onnx"), TestModels.linear());
        OnnxRuntime.Calls before = OnnxRuntime.calls();

        OnnxDiff.between(sound, forOneImage());

        OnnxRuntime.Calls after = OnnxRuntime.calls();
        assertThat(after.ended()).isEqualTo(after.begun());
        assertThat(after.ended() - before.ended())
                .isGreaterThanOrEqualTo(1 + 1 + 3); // one file, the other, its tensors
    }

    /** Each layer omits the output of all its steps, and passes on its last state. */
    @Test
    void layersThatOmitAnOutputAreNotMistakenForEachOther() {
        Random random = new Random(1);
        ModelProto.Builder model = TestModels.model(GraphProto.newBuilder()
                .setName("states")
                .addInput(value("steps", FLOAT, 5, BATCH, 3))
                .addOutput(value("h2", FLOAT, 1, BATCH, 4))
                .addInitializer(tensor("w1", random(random, 12 * 3), 1, 12, 3))
                .addInitializer(tensor("r1", random(random, 12 * 4), 1, 12, 4))
                .addInitializer(tensor("w2", random(random, 12 * 4), 1, 12, 4))
                .addInitializer(tensor("r2", random(random, 12 * 4), 1, 12, 4))
                .addNode(lastStateOfGru(List.of("steps", "w1", "r1"), "h1"))
                .addNode(lastStateOfGru(List.of("h1", "w2", "r2"), "h2")));
        Path file = TestModels.write(folder.resolve("states.onnx"), model);

        assertThat(OnnxDiff.between(file, file).report().elsewhere()).isEmpty();

        GraphProto.Builder graph = model.getGraphBuilder();
        weight(2, 5).plant(graph.getNodeBuilder(0), graph);
        Path faulty = TestModels.write(folder.resolve("faulty.onnx"), model);
        DiffReport report = OnnxDiff.between(file, faulty).report();
        assertThat(report.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.node()).isEqualTo("GRU to h1");
            assertThat(finding.other()).isEqualTo("GRU to h1");
            assertThat(finding.causes()).singleElement(STRING).startsWith("weights r1: 1 of 48 numbers differ");
        });
        assertThat(report.elsewhere()).isEmpty();
    }

    private static NodeProto.Builder lastStateOfGru(List<String> inputs, String output) {
        return node("GRU", inputs, "")
                .addOutput(output)
                .setName("GRU to " + output)
                .addAttribute(AttributeProto.newBuilder()
                        .setName("hidden_size")
                        .setType(AttributeProto.AttributeType.INT)
                        .setI(4));
    }

    /** The optimizer of another program uses other names and other nodes. */
    @Test
    void namesDoNotMatterAndAFaultIsFoundAmongOthers() throws IOException {
        Path reference = ZOO.resolve("drop-norm-l2.onnx");
        ModelProto.Builder model = read(reference);
        GraphProto.Builder graph = model.getGraphBuilder();
        for (NodeProto.Builder node : graph.getNodeBuilderList()) {
            node.setName("other" + node.getName());
            for (int i = 0; i < node.getInputCount(); i++) {
                node.setInput(i, "other_" + node.getInput(i));
            }
            for (int i = 0; i < node.getOutputCount(); i++) {
                node.setOutput(i, "other_" + node.getOutput(i));
            }
        }
        graph.getInitializerBuilderList().forEach(each -> each.setName("other_" + each.getName()));
        graph.getInputBuilderList().forEach(each -> each.setName("other_" + each.getName()));
        graph.getOutputBuilderList().forEach(each -> each.setName("other_" + each.getName()));
        graph.clearValueInfo();
        Path renamed = TestModels.write(folder.resolve("renamed.onnx"), model);
        assertThat(diff(reference, renamed).report().agrees()).isTrue();

        NodeProto.Builder norm = graph.getNodeBuilder(index(graph, "BatchNormalization", 2));
        real("epsilon", 0.5f).plant(norm, graph);
        TestModels.write(renamed, model);
        Finding found = diff(reference, renamed).report().findings().get(0);
        assertThat(found.node()).isEqualTo(norm.getName().replaceFirst("^other", ""));
        assertThat(found.other()).isEqualTo(norm.getName());
        assertThat(found.causes()).singleElement(STRING).startsWith("attribute epsilon");
    }

    @Test
    void whatTheRuntimeOptimizesAnswersAlikeNodeByNode() {
        DiffReport report = OnnxDiff.optimized(ZOO.resolve("stride-conv.onnx"), IMAGES, Tolerance.standard())
                .report();

        assertThat(report.agrees()).isTrue();
        assertThat(report.matched()).isEqualTo(report.tensors());
    }

    /** Both compute x + x as a, and x * x as b; the other gives b first, and calls a otherwise. */
    @Test
    void outputsOfOneNameArePairedFirst() throws IOException {
        Path reference = outputs("reference.onnx", "a", "b");
        Path other = outputs("other.onnx", "b", "c");

        assertThat(OnnxDiff.between(reference, other, ROWS, Tolerance.standard())
                        .report()
                        .outputs()
                        .values())
                .hasSize(2)
                .allMatch(TensorDifference::agrees);
    }

    private Path outputs(String file, String first, String second) throws IOException {
        String sum = first.equals("a") ? first : second;
        return TestModels.write(
                folder.resolve(file),
                TestModels.model(GraphProto.newBuilder()
                        .setName("outputs")
                        .addInput(value("x", FLOAT, BATCH, 2))
                        .addOutput(value(first, FLOAT, BATCH, 2))
                        .addOutput(value(second, FLOAT, BATCH, 2))
                        .addNode(node("Add", List.of("x", "x"), sum))
                        .addNode(node("Mul", List.of("x", "x"), "b"))));
    }

    @Test
    void otherNetworksAreToldApartByWhatTheyTakeAndGive() throws IOException {
        Path reference = ZOO.resolve("gru.onnx");
        ModelProto.Builder model = read(reference);
        model.getGraphBuilder()
                .addInput(model.getGraph().getInput(0).toBuilder().setName("more"));
        Path two = TestModels.write(folder.resolve("two.onnx"), model);

        fileRefused(() -> diff(reference, two))
                .contains("expected inputs [images], as " + reference + " has, found [images, more]");
        Path damaged = Files.write(folder.resolve("damaged.onnx"), new byte[] {1, 2, 3});
        fileRefused(() -> diff(reference, damaged)).doesNotContain("\n");
    }

    private static final float[] WEIGHTS = {1, 2, 3, 4};
    private static final Map<String, Tensor> ROWS = Map.of("x", Tensor.of(new float[] {1, 2, 3, 5}, 2, 2));

    private static NodeProto.Builder named(String operator, List<String> inputs, String output) {
        return node(operator, inputs, output).setName(operator + " to " + output);
    }

    private static AttributeProto.Builder typed(String name, AttributeProto.AttributeType type) {
        return AttributeProto.newBuilder().setName(name).setType(type);
    }

    private static AttributeProto.Builder number(String name, int value) {
        return typed(name, AttributeProto.AttributeType.INT).setI(value);
    }

    private static NodeProto.Builder withValue(NodeProto.Builder node, TensorProto tensor) {
        return node.addAttribute(
                typed("value", AttributeProto.AttributeType.TENSOR).setT(tensor));
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

    private static TensorProto wholeNumbers(String name, long... values) {
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
        return wholeNumbers(name, values).toBuilder()
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

        one.addInitializer(wholeNumbers("size", 2)).setNode(1, filled("c", tensor("", new float[] {1}, 1)));
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
                .addInitializer(wholeNumbers("size", 2))
                .addInitializer(wholeNumbers("shape", -1, 1));
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
