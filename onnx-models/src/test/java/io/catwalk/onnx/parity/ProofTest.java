package io.catwalk.onnx.parity;

import static io.catwalk.onnx.Refusals.argumentRefused;
import static io.catwalk.onnx.Refusals.fileRefused;
import static io.catwalk.onnx.TestModels.BATCH;
import static io.catwalk.onnx.TestModels.FLOAT;
import static io.catwalk.onnx.TestModels.cast;
import static io.catwalk.onnx.TestModels.node;
import static io.catwalk.onnx.TestModels.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.catwalk.onnx.TestModels;
import io.catwalk.onnx.parity.Parity.Flip;
import io.catwalk.onnx.parity.Parity.FlipRule;
import io.catwalk.onnx.parity.Proof.Network;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxOptions.OptimizationLevel;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.Tolerance;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
final class ProofTest {

    private static final Proof PROOF = Proof.standard();

    @TempDir
    private Path folder;

    /** Returns a + scale * b, and the larger of a and 0 as a whole number. */
    private static Network sum(double scale) {
        return inputs -> {
            Tensor a = get(inputs, "a");
            double[] left = a.toDoubles();
            double[] right = get(inputs, "b").toDoubles();
            float[] sums = new float[left.length];
            long[] whole = new long[left.length];
            for (int i = 0; i < sums.length; i++) {
                sums[i] = (float) (left[i] + scale * right[i]);
                whole[i] = (long) Math.max(0, left[i]);
            }
            Map<String, Tensor> outputs = new LinkedHashMap<>();
            outputs.put("sum", Tensor.of(sums, a.shape()));
            outputs.put("whole", Tensor.of(whole, a.shape()));
            return outputs;
        };
    }

    private static ModelProto.Builder model() {
        return TestModels.model(GraphProto.newBuilder()
                .setName("sum")
                .addInput(value("a", FLOAT, BATCH, "sequence"))
                .addInput(value("b", FLOAT, BATCH, "sequence"))
                .addOutput(value("sum", FLOAT, BATCH, "sequence"))
                .addOutput(value("whole", DataType.INT64_VALUE, BATCH, "sequence"))
                .addInitializer(TestModels.tensor("half", new float[] {0.5f}))
                .addNode(node("Mul", List.of("b", "half"), "scaled"))
                .addNode(node("Add", List.of("a", "scaled"), "sum"))
                .addNode(node("Relu", List.of("a"), "positive"))
                .addNode(cast("positive", "whole", DataType.INT64_VALUE)));
    }

    private static Map<String, Tensor> sample(int rows, int columns) {
        Random random = new Random(rows);
        float[] a = TestModels.random(random, rows * columns);
        float[] b = TestModels.random(random, rows * columns);
        for (int i = 0; i < a.length; i++) {
            a[i] *= 10;
        }
        return Map.of("a", Tensor.of(a, rows, columns), "b", Tensor.of(b, rows, columns));
    }

    private static Tensor get(Map<String, Tensor> tensors, String name) {
        return Objects.requireNonNull(tensors.get(name));
    }

    private static <T> List<T> each(ProofReport report, Function<OnnxOptions, T> of) {
        return report.outcomes().stream()
                .map(outcome -> of.apply(outcome.options()))
                .toList();
    }

    private static ProofReport prove(Network reference, ModelProto.Builder model, List<Map<String, Tensor>> samples) {
        return PROOF.run(reference, model.build().toByteArray(), samples);
    }

    @Test
    void aFileThatAnswersAlikeIsProvenInEveryWayItMayBeRun() {
        List<List<Long>> asked = new ArrayList<>();
        Network reference = inputs -> {
            asked.add(Arrays.stream(get(inputs, "a").shape()).boxed().toList());
            return sum(0.5).run(inputs);
        };

        ProofReport report = prove(reference, model(), List.of(sample(5, 4), sample(9, 3)));

        assertThat(report.agrees()).as(report.sentence()).isTrue();
        assertThat(each(report, OnnxOptions::optimization)).contains(OptimizationLevel.values());
        assertThat(each(report, OnnxOptions::batch)).contains(OnnxOptions.WHOLE_CALL, 1, 2, 7);
        assertThat(each(report, Function.identity())).hasSize(5 * 2 * 4).doesNotHaveDuplicates();
        // It runs once on each: two samples, 1 + 1 + ... (8 at most), 2 + 2 + ..., and 7 of the second sample.
        assertThat(asked)
                .hasSize(2 + 8 + 6 + 1)
                .startsWith(List.of(5L, 4L), List.of(9L, 3L))
                .contains(List.of(1L, 4L), List.of(2L, 3L), List.of(7L, 3L));
        assertThat(report.sentence())
                .startsWith("agrees: ")
                .contains("(40 configurations, worst: level ")
                .doesNotContain("\n");
        assertThat(report.entries())
                .containsEntry("parity.relative_tolerance", "1.0E-5")
                .containsEntry("parity.configurations", "40")
                .containsKeys("parity.output", "parity.max_abs", "parity.relative");
    }

    /** A mask beside the numbers, which ends in -1e9, or in the smallest number. */
    @ParameterizedTest
    @ValueSource(floats = {-1e9f, -1e4f, -Float.MAX_VALUE})
    void numbersThatStandForInfinityAreNotTheScale(float masked) {
        Map<String, Tensor> sample = sample(5, 4);
        double[] unmasked = get(sample, "a").toDoubles();
        float[] a = new float[unmasked.length];
        for (int i = 0; i < a.length; i++) {
            a[i] = i % 4 == 3 ? masked : (float) unmasked[i];
        }
        Map<String, Tensor> marked = Map.of("a", Tensor.of(a, 5, 4), "b", get(sample, "b"));

        assertThat(prove(sum(0.5), model(), List.of(marked)).agrees()).isTrue();
        assertThat(prove(sum(0.501), model(), List.of(marked)).agrees()).isFalse();
    }

    @Test
    void aFileThatAnswersOtherwiseIsExposedByItsOutput() {
        ProofReport report = prove(sum(0.501), model(), List.of(sample(5, 4)));

        Parity sum = report.worst().worst();
        assertThat(report.agrees()).isFalse();
        assertThat(sum.output()).isEqualTo("sum");
        double[] a = get(sample(5, 4), "a").toDoubles();
        double[] b = get(sample(5, 4), "b").toDoubles();
        double scale = 0;
        double largest = 0;
        for (int i = 0; i < 20; i++) {
            scale = Math.max(scale, Math.abs(a[i] + 0.501 * b[i]));
            largest = Math.max(largest, 1e-3 * Math.abs(b[i]));
        }
        Parity first = report.outcomes().get(0).worst();
        assertThat(first.scale()).isCloseTo(scale, within(1e-5));
        assertThat(first.maxAbs()).isCloseTo(largest, within(2e-6));
        assertThat(first.relative()).isCloseTo(largest / scale, within(1e-6));
        assertThat(report.sentence()).startsWith("DISAGREES: sum: largest difference ");
        assertThat(PROOF.withShare(1e-3)
                        .withBatches(List.of(1))
                        .run(sum(0.501), model().build().toByteArray(), List.of(sample(5, 4)))
                        .agrees())
                .isTrue();
    }

    /** The numbers are near 1,000,000, so that a difference of 1 is a small share. */
    @Test
    void wholeNumbersHaveToBeEqual() {
        Map<String, Tensor> sample =
                Map.of("a", Tensor.of(new float[] {1_000_000, 3}, 1, 2), "b", Tensor.of(new float[] {0, 0}, 1, 2));
        Network wrong = inputs -> {
            Map<String, Tensor> outputs = new LinkedHashMap<>(sum(0.5).run(inputs));
            outputs.put("whole", Tensor.of(new long[] {1_000_001, 3}, 1, 2));
            return outputs;
        };

        assertThat(prove(sum(0.5), model(), List.of(sample)).agrees()).isTrue();
        ProofReport report = prove(wrong, model(), List.of(sample));
        assertThat(report.agrees()).isFalse();
        assertThat(report.worst().worst().output()).isEqualTo("whole");
        assertThat(report.worst().worst().maxAbs()).isEqualTo(1);
        // As doubles, both are 2^53.
        Parity beyond = parity("whole", 1e-5, Tensor.of(new long[] {1L << 53}), Tensor.of(new long[] {(1L << 53) + 1}));
        assertThat(beyond.agrees()).isFalse();
        assertThat(beyond.numbers()).isEqualTo(1);
        Parity three = parity("whole", 1e-5, Tensor.of(new long[] {1, 2, 3}, 3), Tensor.of(new long[] {5, 2, 1}, 3));
        assertThat(three.numbers()).isEqualTo(3);
        assertThat(three.meanAbs()).isEqualTo(2);
    }

    @Test
    void aFileThatIsWrongInOneBatchSizeIsExposed() {
        ModelProto.Builder model = model();
        GraphProto.Builder graph = model.getGraphBuilder();
        graph.setNode(1, node("Add", List.of("a", "scaled"), "right"))
                .addInitializer(whole("first", 0L))
                .addInitializer(whole("seven", 7L))
                .addNode(node("Shape", List.of("a"), "sizes"))
                .addNode(node("Gather", List.of("sizes", "first"), "rows"))
                .addNode(node("Equal", List.of("rows", "seven"), "isSeven"))
                .addNode(cast("isSeven", "one", FLOAT))
                .addNode(node("Add", List.of("right", "one"), "sum"));

        ProofReport report = prove(sum(0.5), model, List.of(sample(9, 3)));

        assertThat(report.agrees()).isFalse();
        assertThat(report.worst().options().batch()).isEqualTo(7);
        assertThat(report.worst().worst().maxAbs()).isCloseTo(1, within(1e-5));
        assertThat(prove(sum(0.5), model, List.of(sample(6, 3))).agrees()).isTrue();
    }

    private static TensorProto whole(String name, Long... values) {
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(DataType.INT64_VALUE)
                .addAllInt64Data(List.of(values))
                .build();
    }

    @Test
    void aFileThatDoesNotRunInOneBatchSizeFailsThere() {
        ModelProto.Builder model = model();
        GraphProto.Builder graph = model.getGraphBuilder();
        graph.setNode(1, node("Add", List.of("a", "fixed"), "sum"))
                .addInitializer(whole("shape", 9L, 3L).toBuilder().addDims(2))
                .addNode(1, node("Reshape", List.of("scaled", "shape"), "fixed"));

        ProofReport report = prove(sum(0.5), model, List.of(sample(9, 3)));

        assertThat(report.outcomes().get(0).agrees()).isTrue();
        assertThat(report.agrees()).isFalse();
        assertThat(report.worst().failure()).contains("a model that runs a float (1, 3), b float (1, 3), found");
        assertThat(report.entries()).containsOnlyKeys("parity.relative_tolerance");
    }

    @Test
    void otherOutputsTypesAndShapesAreExposed() {
        Network renamed = inputs -> Map.of("sums", get(sum(0.5).run(inputs), "sum"));
        assertThat(prove(renamed, model(), List.of(sample(2, 2))).worst().failure())
                .isEqualTo("expected the outputs sums, found sum, whole");
        Network reshaped = inputs -> {
            Map<String, Tensor> outputs = new LinkedHashMap<>(sum(0.5).run(inputs));
            outputs.put(
                    "whole",
                    Tensor.of(
                            new float[get(outputs, "whole").size()],
                            get(outputs, "whole").shape()));
            return outputs;
        };
        assertThat(prove(reshaped, model(), List.of(sample(2, 2))).worst().failure())
                .isEqualTo("expected whole as float (2, 2), as the reference gave it, found int64 (2, 2)");
    }

    @Test
    void notANumberAgreesWithItselfOnly() {
        Tensor reference = Tensor.of(new float[] {Float.NaN, 1, Float.POSITIVE_INFINITY}, 3);
        Tensor other = Tensor.of(new float[] {0, Float.NaN, Float.POSITIVE_INFINITY}, 3);
        assertThat(parity("y", 0, reference, reference).agrees()).isTrue();
        Parity parity = parity("y", 1, reference, other);
        assertThat(parity.notNumbers()).isEqualTo(2);
        assertThat(parity.agrees()).isFalse();
        assertThat(parity).asString().contains("2 NaN in one alone");
    }

    /** It has no label, and no image is classified by it. */
    @Test
    void notANumberAmongLogitsAgreesWithNothing() {
        ModelProto.Builder model = TestModels.model(GraphProto.newBuilder()
                .setName("root")
                .addInput(value("x", FLOAT, BATCH, 2))
                .addOutput(value("logits", FLOAT, BATCH, 2))
                .addNode(node("Sqrt", List.of("x"), "logits")));
        Network roots = inputs -> {
            double[] x = get(inputs, "x").toDoubles();
            return Map.of("logits", Tensor.of(new float[] {(float) Math.sqrt(x[0]), (float) Math.sqrt(x[1])}, 1, 2));
        };
        for (float x : new float[] {4, -1}) {
            Map<String, Tensor> sample = Map.of("x", Tensor.of(new float[] {9, x}, 1, 2));
            assertThat(prove(roots, model, List.of(sample)).agrees()).isEqualTo(x > 0);
        }
    }

    @Test
    void logitsKeepTheirFlipsAndMargins() {
        Tensor first = Tensor.of(new float[] {1, 2, 3, 5, 4, 0}, 2, 3);
        Tensor second = Tensor.of(new float[] {9, 1, 1}, 1, 3);
        Tensor flipped = Tensor.of(new float[] {8.75f, 9, 1}, 1, 3);
        Parity parity = parity("logits", 9, first, first, second, flipped);
        assertThat(parity.flips()).containsExactly(new Flip(2, 0, 1, 8));
        assertThat(parity.maxAbs()).isEqualTo(8);
        assertThat(parity.meanAbs()).isCloseTo(8.25 / 9, within(1e-12));
        assertThat(parity.agrees()).isFalse();
        assertThat(parity("scores", 9, first, first, second, flipped).agrees()).isTrue();
        float infinite = Float.POSITIVE_INFINITY;
        Parity tie = parity(
                "logits",
                1,
                Tensor.of(new float[] {infinite, infinite}, 1, 2),
                Tensor.of(new float[] {1, infinite}, 1, 2));
        assertThat(tie.flips()).containsExactly(new Flip(0, 0, 1, 0));
    }

    /** Compares pairs of what is right and what is found. */
    private static Parity parity(String output, double tolerance, Tensor... pairs) {
        long numbers = Stream.of(pairs).mapToLong(Tensor::size).sum() / 2;
        Parity.Tally tally = new Parity.Tally(output, numbers, 1, new Tolerance(tolerance, 0), FlipRule.NONE);
        for (int i = 0; i < pairs.length; i += 2) {
            tally.add(pairs[i], pairs[i + 1]);
        }
        return tally.parity();
    }

    /** Four points and three others give 4 x 3 products: the first axes have no names, and are not the same. */
    @Test
    void inputsOfDifferentNumbersOfRowsAreNotCut() {
        byte[] model = TestModels.model(GraphProto.newBuilder()
                        .setName("products")
                        .addInput(value("a", FLOAT, "", 2))
                        .addInput(value("b", FLOAT, "", 2))
                        .addOutput(value("y", FLOAT, "", ""))
                        .addNode(node("Transpose", List.of("b"), "turned"))
                        .addNode(node("MatMul", List.of("a", "turned"), "y")))
                .build()
                .toByteArray();
        Map<String, Tensor> sample =
                Map.of("a", Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 4, 2), "b", Tensor.of(new float[6], 3, 2));

        ProofReport report = PROOF.run(inputs -> Map.of("y", Tensor.of(new float[12], 4, 3)), model, List.of(sample));

        assertThat(report.agrees()).as(report.sentence()).isTrue();
        assertThat(each(report, OnnxOptions::batch)).containsOnly(OnnxOptions.WHOLE_CALL);
    }

    /** As an LSTM with states of shape (layers, batch, units): the first input does not begin with the batch axis. */
    @Test
    void everyInputIsCutAlongItsBatchAxis() {
        byte[] model = TestModels.model(GraphProto.newBuilder()
                        .setName("states")
                        .addInput(value("states", FLOAT, "layers", BATCH, 3))
                        .addInput(value("weights", FLOAT, 3))
                        .addInput(value("x", FLOAT, BATCH, 3))
                        .addOutput(value("y", FLOAT, BATCH, 3))
                        .addOutput(value("new", FLOAT, "layers", BATCH, 3))
                        .addInitializer(whole("second", 1L).toBuilder().clearDims())
                        .addNode(node("Gather", List.of("states", "second"), "last"))
                        .addNode(node("Add", List.of("last", "x"), "y"))
                        .addNode(node("Mul", List.of("states", "weights"), "new")))
                .build()
                .toByteArray();
        List<String> asked = new ArrayList<>();
        Network reference = inputs -> {
            Tensor states = get(inputs, "states");
            Tensor x = get(inputs, "x");
            asked.add(states + " " + get(inputs, "weights") + " " + x);
            double[] all = states.toDoubles();
            double[] added = x.toDoubles();
            float[] y = new float[added.length];
            float[] scaled = new float[all.length];
            for (int i = 0; i < all.length; i++) {
                scaled[i] = (float) (all[i] * (i % 3));
            }
            for (int i = 0; i < y.length; i++) {
                y[i] = (float) (all[y.length + i] + added[i]);
            }
            return Map.of("y", Tensor.of(y, x.shape()), "new", Tensor.of(scaled, states.shape()));
        };
        Random random = new Random(4);
        Map<String, Tensor> sample = Map.of(
                "states", Tensor.of(TestModels.random(random, 2 * 5 * 3), 2, 5, 3),
                "weights", Tensor.of(new float[] {0, 1, 2}, 3),
                "x", Tensor.of(TestModels.random(random, 5 * 3), 5, 3));

        ProofReport report = PROOF.run(reference, model, List.of(sample));

        assertThat(report.agrees()).as(report.sentence()).isTrue();
        assertThat(asked)
                .contains("float (2, 1, 3) float (3) float (1, 3)", "float (2, 2, 3) float (3) float (2, 3)")
                .hasSize(1 + 5 + 2);
    }

    @Test
    void withoutFittingSamplesThereIsNoProof() {
        argumentRefused(() -> prove(sum(0.5), model(), List.of())).contains("a proof needs at least one sample");
        argumentRefused(() -> prove(sum(0.5), model(), List.of(Map.of("a", Tensor.of(new float[2], 1, 2)))))
                .contains("expected a float (batch, sequence), b float (batch, sequence), found a");
        argumentRefused(() -> PROOF.withShare(-1)).contains("-1");
        fileRefused(() -> PROOF.run(sum(0.5), folder.resolve("gone.onnx"), List.of(sample(2, 2))))
                .contains("no such file");
    }
}
