package io.catwalk.onnx.runtime;

import static io.catwalk.onnx.Refusals.argumentRefused;
import static io.catwalk.onnx.Refusals.fileRefused;
import static io.catwalk.onnx.Refusals.stateRefused;
import static io.catwalk.onnx.TestModels.BATCH;
import static io.catwalk.onnx.TestModels.FLOAT;
import static io.catwalk.onnx.TestModels.cast;
import static io.catwalk.onnx.TestModels.node;
import static io.catwalk.onnx.TestModels.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.TextFormat;
import com.google.protobuf.TextFormat.ParseException;
import io.catwalk.onnx.DjlTensors;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.TestModels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("tiny")
final class OnnxRunnerTest {

    private static final int INT64 = TensorProto.DataType.INT64_VALUE;
    private static final Tensor IDS = Tensor.of(new long[] {2, 0, 1, 1, 2, 2}, 2, 3);
    private static final Tensor WEIGHTS = Tensor.of(new float[] {1, 0.5f, -1, 0, 2, 3}, 2, 3);

    @TempDir
    private Path folder;

    /** Looks up the numbers 10, 20 and 30 by ids, and returns their products with weights, and the ids. */
    private static ModelProto.Builder lookup() {
        return TestModels.model(GraphProto.newBuilder()
                .setName("lookup")
                .addInput(value("ids", INT64, BATCH, "sequence"))
                .addInput(value("weights", FLOAT, BATCH, "sequence"))
                .addOutput(value("products", FLOAT, BATCH, "sequence"))
                .addOutput(value("echo", INT64, BATCH, "sequence"))
                .addInitializer(TestModels.tensor("table", new float[] {10, 20, 30}, 3))
                .addNode(node("Gather", List.of("table", "ids"), "numbers"))
                .addNode(node("Mul", List.of("numbers", "weights"), "products"))
                .addNode(node("Identity", List.of("ids"), "echo")));
    }

    private static Tensor get(Map<String, Tensor> tensors, String name) {
        return Objects.requireNonNull(tensors.get(name));
    }

    private static OnnxRunner open(ModelProto.Builder model) {
        return OnnxRunner.open(
                model.build().toByteArray(), OnnxOptions.standard().withThreads(1));
    }

    @Test
    void aFileOfSeveralInputsGivesItsOutputsByName() {
        Path file = TestModels.write(folder.resolve("lookup.onnx"), lookup());
        try (OnnxRunner runner = OnnxRunner.open(file)) {
            assertThat(runner.inputs())
                    .extracting(TensorInfo::toString)
                    .containsExactly("ids int64 (batch, sequence)", "weights float (batch, sequence)");
            Map<String, Tensor> found = runner.run(Map.of("ids", IDS, "weights", WEIGHTS));
            assertThat(found.keySet()).containsExactly("products", "echo");
            assertThat(get(found, "products").toDoubles()).containsExactly(30, 5, -20, 0, 60, 90);
            assertThat(get(found, "products")).hasToString("float (2, 3)");
            assertThat(get(found, "echo").toDoubles()).containsExactly(2, 0, 1, 1, 2, 2);
        }
        fileRefused(() -> OnnxPredictor.open(file).close())
                .contains("exactly one input", "or run it with OnnxRunner, which takes any");
    }

    @Test
    void arraysOfDjlGoInAndComeOutByNameOrByPlace() {
        try (OnnxRunner runner = open(lookup());
                NDManager manager = NDManager.newBaseManager()) {
            NDArray ids = manager.create(new long[] {2, 0, 1, 1, 2, 2}, new Shape(2, 3));
            NDArray weights = manager.create(new float[] {1, 0.5f, -1, 0, 2, 3}, new Shape(2, 3));
            NDList byPlace = DjlTensors.run(runner, new NDList(ids, weights), manager);
            ids.setName("ids");
            weights.setName("weights");
            NDList byName = DjlTensors.run(runner, new NDList(weights, ids), manager);
            for (NDList found : List.of(byPlace, byName)) {
                assertThat(found).extracting(NDArray::getName).containsExactly("products", "echo");
                assertThat(found.get(0).toFloatArray()).containsExactly(30, 5, -20, 0, 60, 90);
                assertThat(found.get(1).getDataType()).isEqualTo(DataType.INT64);
                assertThat(found.get(1).getShape()).isEqualTo(new Shape(2, 3));
            }
            argumentRefused(() -> DjlTensors.run(runner, new NDList(ids), manager))
                    .contains("found 1 array(s)");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TensorType.class,
            names = {"FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16", "INT8", "UINT8", "INT16", "INT32", "INT64", "BOOL"})
    void everyTypePassesWithAnyNumberOfAxesAndElements(TensorType type) {
        int code = TensorProto.DataType.valueOf(type.name()).getNumber();
        for (long[] shape : new long[][] {{}, {1}, {0}, {2, 0, 3}, {2, 3}, {1, 2, 1, 2, 1, 2}}) {
            Object[] axes =
                    IntStream.range(0, shape.length).mapToObj(i -> "a" + i).toArray();
            ModelProto.Builder model = TestModels.model(GraphProto.newBuilder()
                    .setName("echo")
                    .addInput(value("x", code, axes))
                    .addOutput(value("y", code, axes))
                    .addNode(node("Identity", List.of("x"), "y")));
            int elements = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            int bytes = switch (type) {
                case DOUBLE, INT64 -> 8;
                case FLOAT, INT32 -> 4;
                case FLOAT16, BFLOAT16, INT16 -> 2;
                default -> 1;
            };
            ByteBuffer data = ByteBuffer.allocate(elements * bytes);
            for (int i = 0; i < data.capacity(); i++) {
                data.put(i, (byte) (type == TensorType.BOOL ? i % 2 : 3 * i + 1));
            }
            Tensor given = Tensor.of(type, data, shape);
            try (OnnxRunner runner = open(model)) {
                Tensor found = get(runner.run(Map.of("x", given)), "y");
                assertThat(found.type()).isEqualTo(type);
                assertThat(found.shape()).containsExactly(shape);
                assertThat(found.buffer()).isEqualTo(data);
                assertThat(found.size()).isEqualTo(elements);
            }
        }
    }

    @Test
    void numbersOfEveryTypeAreReadAsTheyAre() {
        // 1.5 as half: exponent 15, mantissa 512; as bfloat16: the upper half of 0x3fc00000.
        assertThat(Tensor.of(TensorType.FLOAT16, shorts(0x3e00, 0xfc00), 2).toDoubles())
                .containsExactly(1.5, Double.NEGATIVE_INFINITY);
        assertThat(Tensor.of(TensorType.BFLOAT16, shorts(0x3fc0, 0xc000), 2).toDoubles())
                .containsExactly(1.5, -2);
        assertThat(Tensor.of(TensorType.INT16, shorts(0xffff, 2), 2).toDoubles())
                .containsExactly(-1, 2);
        ByteBuffer bytes = ByteBuffer.wrap(new byte[] {-1, 1});
        assertThat(Tensor.of(TensorType.UINT8, bytes, 2).toDoubles()).containsExactly(255, 1);
        assertThat(Tensor.of(TensorType.INT8, bytes, 2).toDoubles()).containsExactly(-1, 1);
    }

    /** The process ends without a message if DJL's PyTorch engine is asked for one of these types. */
    @ParameterizedTest
    @EnumSource(
            value = TensorType.class,
            names = {"BFLOAT16", "INT16"})
    void aTypeThatDjlDoesNotHoldIsRefused(TensorType type) {
        int code = TensorProto.DataType.valueOf(type.name()).getNumber();
        ModelProto.Builder model = TestModels.model(GraphProto.newBuilder()
                .setName("cast")
                .addInput(value("x", FLOAT, BATCH))
                .addOutput(value("y", code, BATCH))
                .addNode(cast("x", "y", code)));
        try (OnnxRunner runner = open(model);
                NDManager manager = NDManager.newBaseManager()) {
            Tensor tensor = Tensor.of(type, shorts(1, 2), 2);
            argumentRefused(() -> DjlTensors.toArray(tensor, manager)).contains("found " + type + " (2)");
            NDList given = new NDList(manager.create(new float[] {1, 2}));
            argumentRefused(() -> DjlTensors.run(runner, given, manager)).contains("found y " + type + " (batch)");
        }
    }

    private static ByteBuffer shorts(int... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * 2).order(ByteOrder.nativeOrder());
        for (int value : values) {
            buffer.putShort((short) value);
        }
        return buffer.flip();
    }

    @Test
    void rowsAreCutAlongTheFirstAxis() {
        assertThat(WEIGHTS.rows(1, 2).toDoubles()).containsExactly(0, 2, 3);
        assertThat(WEIGHTS.rows(1, 2)).hasToString("float (1, 3)");
        assertThat(WEIGHTS.rows(2, 2).toDoubles()).isEmpty();
        Tensor states = Tensor.of(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 2, 3, 2);
        assertThat(states.part(1, 1, 3).toDoubles()).containsExactly(2, 3, 4, 5, 8, 9, 10, 11);
        assertThat(states.part(2, 1, 2).toDoubles()).containsExactly(1, 3, 5, 7, 9, 11);
        assertThat(states.part(2, 1, 2)).hasToString("float (2, 3, 1)");
        argumentRefused(() -> WEIGHTS.rows(1, 3)).contains("expected rows within (2, 3), found 1 to 3");
    }

    @Test
    void arraysThatDoNotFitAreRefused() {
        try (OnnxRunner runner = open(lookup())) {
            refused(runner, Map.of("ids", IDS), "expected ids int64 (batch, sequence), weights float", "found ids");
            refused(runner, Map.of(), "found none");
            refused(runner, Map.of("ids", IDS, "weight", WEIGHTS), "found ids, weight");
            Map<String, Tensor> otherType = Map.of("ids", WEIGHTS, "weights", WEIGHTS);
            refused(runner, otherType, "expected ids int64 (batch, sequence), found float (2, 3)");
            Map<String, Tensor> otherAxes = Map.of("ids", IDS, "weights", Tensor.of(new float[6], 6));
            refused(runner, otherAxes, "expected weights float (batch, sequence), found float (6)");
        }
        try (OnnxRunner runner = open(TestModels.linear())) {
            Map<String, Tensor> otherSizes = Map.of("images", Tensor.of(new float[8], 2, 2, 2, 1));
            refused(runner, otherSizes, "expected images float (batch, 1, 2, 2), found float (2, 2, 2, 1)");
        }
        argumentRefused(() -> Tensor.of(new float[5], 2, 3)).contains("expected 24 bytes for float (2, 3), found 20");
        argumentRefused(() -> Tensor.of(new float[4], -1, -4))
                .contains("expected sizes of 0 or above, found float (-1, -4)");
        // 2^64 bytes, which are 0 in 64 bits, and more numbers than 64 bits can count.
        for (long[] shape : new long[][] {{1L << 62}, {1L << 62, 1L << 62}}) {
            argumentRefused(() -> Tensor.of(new float[0], shape)).contains("expected ", ", found 0");
        }
        assertThat(Tensor.of(new float[0], 1L << 62, 4, 0).toDoubles()).isEmpty();
        argumentRefused(() -> Tensor.of(TensorType.STRING, ByteBuffer.allocate(4), 1))
                .contains("found string");
    }

    private static void refused(OnnxRunner runner, Map<String, Tensor> given, String... parts) {
        argumentRefused(() -> runner.run(given)).contains(parts);
    }

    @Test
    void whatOnnxRuntimeCannotComputeIsSaid() {
        try (OnnxRunner runner = open(lookup())) {
            Map<String, Tensor> beyond =
                    Map.of("ids", Tensor.of(new long[] {7}, 1, 1), "weights", Tensor.of(new float[] {1}, 1, 1));
            fileRefused(() -> runner.run(beyond))
                    .contains("a model that runs ids int64 (1, 1), weights float (1, 1), found", "sizes that it takes");
        }
    }

    /** By these a watchdog tells work that goes on from a call that hangs. */
    @Test
    void eachOpeningAndEachRunIsACallThatEndsEvenIfItFails() {
        OnnxRuntime.Calls before = OnnxRuntime.calls();
        try (OnnxRunner runner = open(lookup())) {
            assertCalls(before, 1);
            runner.run(Map.of("ids", IDS, "weights", WEIGHTS));
            assertCalls(before, 2);
            Tensor beyond = Tensor.of(new long[] {7}, 1, 1);
            fileRefused(() -> runner.run(Map.of("ids", beyond, "weights", Tensor.of(new float[] {1}, 1, 1))));
            assertCalls(before, 3);
        }
        ModelProto.Builder unknown = lookup();
        unknown.getGraphBuilder().getNodeBuilder(0).setOpType("LookUp");
        fileRefused(() -> open(unknown).close());
        assertCalls(before, 4);
    }

    private static void assertCalls(OnnxRuntime.Calls before, long more) {
        assertThat(OnnxRuntime.calls()).isEqualTo(new OnnxRuntime.Calls(before.begun() + more, before.ended() + more));
    }

    @Test
    void tensorsThatNoNodeComputesCannotBeWatched() {
        byte[] model = lookup().build().toByteArray();
        fileRefused(() -> OnnxRunner.watching(model, Set.of("number"), OnnxOptions.standard()))
                .contains("model: expected a node that computes one of the tensors [number], found none");
    }

    /** Java has no numbers of 8 bits with an exponent. */
    @Test
    void tensorsThatJavaCannotHoldAreLeftOutOfThoseWatched() {
        ModelProto.Builder model = TestModels.model(GraphProto.newBuilder()
                        .setName("rounded")
                        .addInput(value("x", FLOAT, 2))
                        .addOutput(value("y", FLOAT, 2))
                        .addNode(cast("x", "small", TensorProto.DataType.FLOAT8E4M3FN_VALUE))
                        .addNode(cast("small", "y", FLOAT)))
                .setIrVersion(9);
        model.getOpsetImportBuilder(0).setVersion(19);
        try (OnnxRunner runner =
                OnnxRunner.watching(model.build().toByteArray(), Set.of("small", "y"), OnnxOptions.standard())) {
            Map<String, Tensor> found = runner.run(Map.of("x", Tensor.of(new float[] {1, 1.01f}, 2)));
            assertThat(found).containsOnlyKeys("y");
            assertThat(get(found, "y").toDoubles()).containsExactly(1, 1); // 4 significant bits
        }
    }

    /** LightGBM and XGBoost are written like this: one tree ensemble, and no operator of ONNX itself. */
    @Test
    void aFileOfTreesAloneRuns() throws ParseException {
        ModelProto.Builder model = TestModels.model(GraphProto.newBuilder()
                        .setName("trees")
                        .addInput(value("x", FLOAT, BATCH, 1))
                        .addOutput(value("y", FLOAT, BATCH, 1))
                        .addNode(stump()))
                .clearOpsetImport()
                .addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain("ai.onnx.ml").setVersion(1));
        try (OnnxRunner runner = open(model)) {
            Tensor given = Tensor.of(new float[] {0, 0.5f, 1}, 3, 1);
            assertThat(get(runner.run(Map.of("x", given)), "y").toDoubles()).containsExactly(7, 7, 9);
        }
        model.getGraphBuilder().addNode(node("Relu", List.of("y"), "z"));
        fileRefused(() -> open(model).close()).contains("expected one ONNX operator set from 7 to 26, found none");
    }

    /** Returns 7 where x is at most 0.5, else 9. */
    private static NodeProto stump() throws ParseException {
        NodeProto.Builder node = NodeProto.newBuilder();
        TextFormat.merge("""
                op_type: "TreeEnsembleRegressor" domain: "ai.onnx.ml" input: "x" output: "y"
                attribute { name: "n_targets" type: INT i: 1 }
                attribute { name: "nodes_treeids" type: INTS ints: [0, 0, 0] }
                attribute { name: "nodes_nodeids" type: INTS ints: [0, 1, 2] }
                attribute { name: "nodes_featureids" type: INTS ints: [0, 0, 0] }
                attribute { name: "nodes_values" type: FLOATS floats: [0.5, 0, 0] }
                attribute { name: "nodes_modes" type: STRINGS strings: ["BRANCH_LEQ", "LEAF", "LEAF"] }
                attribute { name: "nodes_truenodeids" type: INTS ints: [1, 0, 0] }
                attribute { name: "nodes_falsenodeids" type: INTS ints: [2, 0, 0] }
                attribute { name: "target_treeids" type: INTS ints: [0, 0] }
                attribute { name: "target_nodeids" type: INTS ints: [1, 2] }
                attribute { name: "target_ids" type: INTS ints: [0, 0] }
                attribute { name: "target_weights" type: FLOATS floats: [7, 9] }
                """, node);
        return node.build();
    }

    @Test
    void textIsRefusedWhenTheFileIsOpened() {
        ModelProto.Builder model = TestModels.model(GraphProto.newBuilder()
                .setName("text")
                .addInput(value("words", TensorProto.DataType.STRING_VALUE, BATCH))
                .addOutput(value("same", TensorProto.DataType.STRING_VALUE, BATCH))
                .addNode(node("Identity", List.of("words"), "same")));
        fileRefused(() -> open(model).close())
                .contains("model: expected inputs and outputs of numbers or booleans, found words string");
    }

    @Test
    void aClosedRunnerSaysSo() {
        OnnxRunner runner = open(lookup());
        runner.close();
        runner.close();
        stateRefused(() -> runner.run(Map.of("ids", IDS, "weights", WEIGHTS))).contains("closed");
    }

    @Test
    @Tag("long")
    @EnabledOnOs(OS.LINUX)
    void memoryStaysFlatOverRunsThatSucceedAndRunsThatFail() throws Exception {
        Tensor large = Tensor.of(new float[1 << 16], 1, 1 << 16); // 256 KiB
        Tensor good = Tensor.of(new long[1 << 16], 1, 1 << 16);
        long[] beyond = new long[1 << 16];
        beyond[9] = 3;
        Tensor bad = Tensor.of(beyond, 1, 1 << 16);
        try (OnnxRunner runner = open(lookup())) {
            Runnable runs = () -> {
                for (int run = 0; run < 300; run++) {
                    runner.run(Map.of("ids", good, "weights", large));
                    assertThat(catchThrowable(() -> runner.run(Map.of("ids", bad, "weights", large))))
                            .isInstanceOf(OnnxFileException.class);
                }
            };
            runs.run();
            // A leaked tensor costs 75 MB in every round; the Java heap grows only in some rounds.
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 5 && least >= 32L << 20; round++) {
                System.gc();
                long before = OnnxPredictorTest.resident();
                runs.run();
                System.gc();
                least = Math.min(least, OnnxPredictorTest.resident() - before);
            }
            assertThat(least).isLessThan(32L << 20);
        }
    }
}
