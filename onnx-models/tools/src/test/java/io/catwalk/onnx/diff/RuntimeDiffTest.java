package io.catwalk.onnx.diff;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.TextFormat;
import io.catwalk.onnx.diff.OtherRuntime.Given;
import io.catwalk.onnx.diff.OtherRuntime.Refused;
import io.catwalk.onnx.diff.OtherRuntime.Reply;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.TensorType;
import io.catwalk.onnx.runtime.Tolerance;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runtimes with a planted fault: ONNX Runtime, to which each model is given with one of its nodes changed. */
final class RuntimeDiffTest {

    private static final Path ZOO = Path.of("../zoo/fashion-mnist");

    @TempDir
    private Path folder;

    private final List<Subgraph> asked = new ArrayList<>();
    private Tensor images = images(3, 28);

    private static Tensor images(int count, int size) {
        Random random = new Random(5);
        float[] numbers = new float[count * size * size];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return Tensor.of(numbers, count, 1, size, size);
    }

    private Reply run(Subgraph cut) {
        return run(cut, images, graph -> {});
    }

    private Reply run(Subgraph cut, Consumer<GraphProto.Builder> fault) {
        return run(cut, images, fault);
    }

    /** Runs a model one batch at a time, as runners do, with a fault. */
    private Reply run(Subgraph cut, Tensor images, Consumer<GraphProto.Builder> fault) {
        asked.add(cut);
        ModelProto.Builder model = cut.model().toBuilder();
        fault.accept(model.getGraphBuilder());
        float[] all = new float[(int) images.shape()[0] * cut.numbers()];
        int at = 0;
        int step = cut.batch() == Signature.ANY_BATCH ? 256 : cut.batch();
        try (OnnxRunner runner = OnnxRunner.open(model.build().toByteArray(), OnnxOptions.standard())) {
            for (long from = 0; from < images.shape()[0]; from += step) {
                Tensor some = images.rows(from, Math.min(from + step, images.shape()[0]));
                Tensor answer = Objects.requireNonNull(
                        runner.run(Map.of("images", some)).get(cut.output()));
                assertThat(answer.shape()).containsExactly(some.shape()[0], cut.numbers());
                for (double number : answer.toDoubles()) {
                    all[at++] = (float) number;
                }
            }
        }
        return new Given(all);
    }

    private RuntimeDiff diff(Path file, OtherRuntime runtime) {
        try (OnnxPredictor predictor = OnnxPredictor.open(file)) {
            return RuntimeDiff.of(file, predictor.signature(), images, new Tolerance(1e-4, 1e-4), runtime);
        }
    }

    private RuntimeOutcome.Differs differs(Path file, OtherRuntime runtime) throws IOException, InterruptedException {
        return (RuntimeOutcome.Differs) diff(file, runtime).outcome();
    }

    private static Finding finding(RuntimeOutcome.Differs found) {
        return Objects.requireNonNull(found.finding());
    }

    /** Makes the first number of some weights at least 4. */
    private static void weight(GraphProto.Builder graph, String node, int input) {
        for (NodeProto each : graph.getNodeList()) {
            for (TensorProto.Builder weights : graph.getInitializerBuilderList()) {
                if (each.getName().equals(node) && weights.getName().equals(each.getInput(input))) {
                    byte[] raw = weights.getRawData().toByteArray();
                    raw[3] = 0x40;
                    raw[2] |= (byte) 0x80;
                    weights.setRawData(ByteString.copyFrom(raw));
                }
            }
        }
    }

    private static boolean has(Subgraph cut, Predicate<NodeProto> test) {
        return cut.model().getGraph().getNodeList().stream().anyMatch(test);
    }

    private static String name(Path file, String operator, int which) throws IOException {
        return ModelProto.parseFrom(Files.readAllBytes(file)).getGraph().getNodeList().stream()
                .filter(node -> node.getOpType().equals(operator))
                .skip(which)
                .findFirst()
                .orElseThrow()
                .getName();
    }

    @ParameterizedTest(name = "{1} {2} of {0}")
    @CsvSource({
        "conv-maxpool, Conv, 0, 1",
        "conv-maxpool, Conv, 1, 1",
        "small-conv, Gemm, 0, 1",
        "small-conv, Gemm, 1, 1",
        "drop-norm-l2, Conv, 0, 1",
        "drop-norm-l2, BatchNormalization, 1, 1",
        "drop-norm-l2, Conv, 3, 1",
        "lstm, BatchNormalization, 0, 1",
        "lstm, LSTM, 0, 1",
        "lstm, LSTM, 1, 2",
        "gru, GRU, 1, 1",
        "rnn, RNN, 0, 2"
    })
    void aFaultOfTheRuntimeIsFoundInItsNode(String network, String operator, int which, int input) throws Exception {
        Path file = ZOO.resolve(network + ".onnx");
        String faulty = name(file, operator, which);

        RuntimeDiff diff = diff(file, cut -> run(cut, graph -> weight(graph, faulty, input)));
        RuntimeOutcome.Differs found = (RuntimeOutcome.Differs) diff.outcome();

        Finding finding = finding(found);
        assertThat(finding.node()).isEqualTo(faulty);
        assertThat(finding.place()).contains("called at");
        assertThat(Objects.requireNonNull(finding.difference()).agrees()).isFalse();
        assertThat(found.unasked()).isEmpty();
        assertThat(found.asked()).isEqualTo(asked.size());
        // The runs are: the file, its end, and then a binary search.
        int nodes = asked.get(0).model().getGraph().getNodeCount();
        assertThat(asked).hasSizeLessThanOrEqualTo(3 + (int) Math.ceil(Math.log(nodes + 1) / Math.log(2)));
        Path reduced = folder.resolve("reduced");
        assertThat(diff.reduce(reduced)).isTrue();
        assertThat(ModelProto.parseFrom(Files.readAllBytes(reduced.resolve("model.onnx")))
                        .getGraph()
                        .getNode(0)
                        .getName())
                .isEqualTo(faulty);
    }

    @Test
    void aRuntimeWithoutFaultAgreesAndIsAskedOnce() throws Exception {

        RuntimeOutcome outcome = diff(ZOO.resolve("lstm.onnx"), cut -> run(cut)).outcome();

        assertThat(outcome).isInstanceOf(RuntimeOutcome.Agrees.class);
        assertThat(asked).hasSize(1);
    }

    @Test
    void theNodeThatARuntimeDoesNotKnowIsNamed() throws Exception {
        Path file = ZOO.resolve("lstm.onnx");
        images = images(2, 28);

        RuntimeOutcome.Refuses refusal = (RuntimeOutcome.Refuses) diff(
                        file,
                        cut -> has(cut, node -> node.getOpType().equals("LSTM")) ? new Refused("no LSTM") : run(cut))
                .outcome();

        assertThat(refusal.reason()).isEqualTo("no LSTM");
        assertThat(Objects.requireNonNull(refusal.finding()).node()).isEqualTo(name(file, "LSTM", 0));
    }

    /** It forgets an image behind the first layer. */
    @Test
    void aRuntimeThatGivesTooFewNumbersRefusesTheNode() throws Exception {
        Path file = ZOO.resolve("lstm.onnx");
        String layer = name(file, "LSTM", 0);

        RuntimeOutcome.Refuses refusal = (RuntimeOutcome.Refuses) diff(file, cut -> {
                    boolean whole = !has(cut, node -> node.getName().equals(layer));
                    return run(cut, whole ? images : images.rows(0, 2), graph -> {});
                })
                .outcome();

        assertThat(refusal.reason()).isEqualTo("expected 30 numbers for all images, found 20");
        assertThat(Objects.requireNonNull(refusal.finding()).node()).isEqualTo(layer);
    }

    @Test
    void otherPixelsAreNoFaultOfANode() throws Exception {
        images = images(2, 28);
        Tensor others = images(4, 28).rows(2, 4);

        RuntimeOutcome.Differs found = differs(ZOO.resolve("lstm.onnx"), cut -> run(cut, others, graph -> {}));

        Finding finding = finding(found);
        assertThat(finding.node()).isEmpty();
        assertThat(finding.tensor()).isEqualTo("images");
    }

    @Test
    void aFaultOfTheWholeFileAloneIsInNoNode() throws Exception {
        images = images(2, 28);
        String first = name(ZOO.resolve("lstm.onnx"), "LSTM", 0);

        RuntimeOutcome.Differs found = (RuntimeOutcome.Differs) diff(
                        ZOO.resolve("lstm.onnx"),
                        cut -> run(cut, images, graph -> {
                            if (cut.batch() == Signature.ANY_BATCH) {
                                weight(graph, first, 1);
                            }
                        }))
                .outcome();

        assertThat(found.finding()).isNull();
        assertThat(found.answer().agrees()).isFalse();
        assertThat(asked).hasSize(2);
    }

    /** Writes a model that makes nine numbers of each image of 3 x 3. */
    private Path file(String batch, String nodes) throws IOException {
        ModelProto.Builder model = ModelProto.newBuilder();
        TextFormat.merge("""
                ir_version: 8
                opset_import { version: 17 }
                graph {
                  name: "nine"
                  NODES
                  initializer { dims: 1 data_type: 1 name: "two" raw_data: "\\000\\000\\000\\100" }
                  input { name: "images" type { tensor_type { elem_type: 1 shape {
                    dim { BATCH } dim { dim_value: 1 } dim { dim_value: 3 } dim { dim_value: 3 } } } } }
                  output { name: "logits" type { tensor_type { elem_type: 1 shape {
                    dim { BATCH } dim { dim_value: 9 } } } } }
                }
                """.replace("NODES", nodes).replace("BATCH", batch), model);
        return Files.write(folder.resolve("nine.onnx"), model.build().toByteArray());
    }

    /** Two ways from the input to the sum; the fault is in one, and the tensors on the other agree. */
    private Path branches(String batch) throws IOException {
        return file(batch, """
                node { name: "relu" op_type: "Relu" input: "images" output: "r" }
                node { name: "left" op_type: "Mul" input: "r" input: "two" output: "l" }
                node { name: "turned" op_type: "Transpose" input: "r" output: "t"
                       attribute { name: "perm" type: INTS ints: [2, 1, 0, 3] } }
                node { name: "right" op_type: "Mul" input: "t" input: "half" output: "h" }
                node { name: "back" op_type: "Transpose" input: "h" output: "b"
                       attribute { name: "perm" type: INTS ints: [2, 1, 0, 3] } }
                node { name: "sum" op_type: "Add" input: "l" input: "b" output: "s" }
                node { name: "flat" op_type: "Flatten" input: "s" output: "logits" }
                initializer { dims: 1 data_type: 1 name: "half" raw_data: "\\000\\000\\000\\077" }
                """);
    }

    @ParameterizedTest
    @CsvSource({
        "dim_param: \"n\", left, two",
        "dim_param: \"n\", right, half",
        "dim_value: 2, left, two",
        "dim_value: 2, right, half"
    })
    void ofTwoWaysTheFaultyOneIsFoundWhateverTheBatchAndTheAxes(String batch, String node, String weights)
            throws Exception {
        images = images(4, 3);

        RuntimeOutcome.Differs found = differs(branches(batch), cut -> run(cut, graph -> weight(graph, node, 1)));

        Finding finding = finding(found);
        assertThat(finding.node()).isEqualTo(node);
        assertThat(finding.tensor()).isEqualTo(weights.equals("two") ? "l" : "h");
        // Of 36 pixels about half are above 0, and all of these are wrong.
        assertThat(Objects.requireNonNull(finding.difference()).numbers()).isEqualTo(36);
        assertThat(finding.difference().beyond()).isBetween(10L, 26L);
    }

    /** In the first call a large number differs within the tolerance, in the second a small one beyond it. */
    @Test
    void theCallThatIsWrittenIsTheOneThatDiffers() throws Exception {
        float[] numbers = new float[18];
        numbers[0] = 1000;
        numbers[9] = 1;
        images = Tensor.of(numbers, 2, 1, 3, 3);

        RuntimeDiff diff = diff(branches("dim_param: \"n\""), cut -> {
            float[] given = ((Given) run(cut)).numbers();
            if (has(cut, node -> node.getName().equals("sum"))) {
                given[0] += 0.125f; // of 2500
                given[9] += 0.01f; // of 2.5
            }
            return new Given(given);
        });

        RuntimeOutcome.Differs found = (RuntimeOutcome.Differs) diff.outcome();
        assertThat(found.answer().beyond()).isEqualTo(1);
        assertThat(finding(found).node()).isEqualTo("sum");
        Path reduced = folder.resolve("reduced");
        assertThat(diff.reduce(reduced)).isTrue();
        TensorProto left = TensorProto.parseFrom(Files.readAllBytes(reduced.resolve("test_data_set_0/input_0.pb")));
        assertThat(left.getRawData()
                        .asReadOnlyByteBuffer()
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getFloat())
                .isEqualTo(2);
    }

    /** Java does not hold text, so that the faulty node alone could not be given what it reads. */
    @Test
    void aNodeThatReadsWhatJavaCannotHoldIsWrittenWithTheNodeBeforeIt() throws Exception {
        Path file = file("dim_param: \"n\"", """
                node { name: "flat" op_type: "Flatten" input: "images" output: "f" }
                node { name: "text" op_type: "Cast" input: "f" output: "t" attribute { name: "to" type: INT i: 8 } }
                node { name: "back" op_type: "Cast" input: "t" output: "b" attribute { name: "to" type: INT i: 1 } }
                node { name: "scaled" op_type: "Mul" input: "b" input: "two" output: "logits" }
                """);
        images = images(2, 3);

        RuntimeDiff diff = diff(
                file,
                cut -> run(
                        cut,
                        graph -> graph.getNodeBuilderList().stream()
                                .filter(node -> node.getName().equals("back"))
                                .findFirst()
                                .ifPresent(back ->
                                        back.setOpType("Abs").setInput(0, "f").clearAttribute())));

        RuntimeOutcome.Differs found = (RuntimeOutcome.Differs) diff.outcome();
        assertThat(finding(found).node()).isEqualTo("back");
        Path reduced = folder.resolve("reduced");
        assertThat(diff.reduce(reduced)).isTrue();
        try (OnnxRunner runner = OnnxRunner.open(reduced.resolve("model.onnx"))) {
            Tensor flat = Tensor.of(TensorType.FLOAT, images.rows(0, 1).buffer(), 1, 9);
            assertThat(Objects.requireNonNull(runner.run(Map.of("f", flat)).get("b"))
                            .toDoubles())
                    .containsExactly(flat.toDoubles(), Offset.offset(1e-5));
        }
    }

    @Test
    void whatCannotBeAskedIsNamedWithTheReason() throws Exception {
        images = images(4, 3);
        Predicate<Subgraph> ends = cut -> {
            List<NodeProto> nodes = cut.model().getGraph().getNodeList();
            return !nodes.isEmpty() && nodes.get(nodes.size() - 1).getInput(0).equals("h");
        };

        RuntimeOutcome.Differs found = differs(
                branches("dim_param: \"n\""),
                cut -> ends.test(cut)
                                && cut.model().getGraph().getOutputList().stream()
                                        .map(ValueInfoProto::getName)
                                        .noneMatch("logits"::equals)
                        ? new Refused("not there")
                        : run(cut, graph -> weight(graph, "right", 1)));

        assertThat(finding(found).node()).isEqualTo("back");
        assertThat(found.unasked()).isEqualTo(Map.of("h", "not there"));
    }
}
