package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.ParameterStore;
import io.catwalk.onnx.graph.ExportException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A file freezes one run of {@code forward}: a network that would run differently the next time, or for another batch,
 * is refused.
 */
@Tag("tiny")
class StableBehaviourTest {

    private static final Shape SAMPLE = new Shape(6);

    static Stream<Arguments> changesFromCallToCall() {
        int[] calls = {0};
        Random random = new Random();
        return Stream.of(
                named("noise", x -> x.add(x.getManager().randomNormal(x.getShape()))),
                named(
                        "gumbel softmax",
                        x -> x.sub(x.getManager()
                                        .randomUniform(0.1f, 0.9f, new Shape(6))
                                        .log()
                                        .neg()
                                        .log())
                                .softmax(1)),
                named("counter", x -> x.add(calls[0]++)),
                named("counter of threes", x -> x.add(calls[0] += 3)),
                named("counter as a scale", x -> x.mul(1f / ++calls[0])),
                named("counter as a constant", x -> x.add(x.getManager().create(calls[0]++))),
                named("coin", x -> random.nextBoolean() ? x.neg() : x.abs()),
                named("clock", x -> x.mul(System.nanoTime() % 1_000_003 / 1e6)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changesFromCallToCall")
    void whatChangesFromCallToCallIsRefused(String name, Function<NDArray, NDArray> body) {
        Block block = new SequentialBlock().add(LambdaBlock.singleton(body));
        assertRefused(OnnxExport.of(block, SAMPLE).withFixedBatch(4))
                .hasMessageContaining("from call to call")
                .hasMessageContaining("StableBehaviourTest.java:");
        assertRefused(OnnxExport.of(block, SAMPLE))
                .hasMessageContaining("from call to call")
                .hasMessageContaining("StableBehaviourTest.java:")
                .hasMessageNotContaining("fixed batch");
    }

    static Stream<Arguments> looksAtTheBatch() {
        return Stream.of(
                named("1", x -> batch(x) == 1 ? x.neg() : x),
                named("1", x -> batch(x) % 3 == 2 ? x.neg() : x.abs()),
                named("7", x -> batch(x) > 6 ? x.neg() : x.abs()),
                named("7", x -> x.get("0:" + Math.min(batch(x), 6))),
                named("64", x -> batch(x) >= 64 ? x.neg() : x.abs()),
                named("200", x -> batch(x) > 199 ? x.neg() : x.abs()),
                named("17", x -> {
                    NDList parts = new NDList();
                    for (long from = 0; from < batch(x); from += 16) {
                        parts.add(x.get(from + ":" + Math.min(batch(x), from + 16))
                                .softmax(0));
                    }
                    return parts.size() == 1 ? parts.get(0) : parts.get(0).concat(parts.get(1), 0);
                }),
                named("1", x -> x.squeeze().sum(new int[] {-1})),
                named("1", x -> x.sum(new int[] {1}, true).squeeze().mul(2)),
                named(
                        "4",
                        x -> x.mul(
                                x.getManager().arange((float) batch(x)).toFloatArray()[0] + (batch(x) == 4 ? 1f : 0f))),
                named(
                        "9",
                        x -> x.add(
                                batch(x) == 9
                                        ? x.getManager().ones(new Shape(6))
                                        : x.getManager().zeros(new Shape(6)))));
    }

    /** The name is the smallest size for which the network behaves differently than for two samples. */
    @ParameterizedTest(name = "from {0} on")
    @MethodSource("looksAtTheBatch")
    void javaCodeThatLooksAtTheBatchIsRefusedWithTheSize(String name, Function<NDArray, NDArray> body) {
        Block block = new SequentialBlock().add(LambdaBlock.singleton(body));
        assertRefused(OnnxExport.of(block, SAMPLE))
                .hasMessageContaining("batch-dependent control flow")
                .hasMessageContaining("StableBehaviourTest.java:")
                .hasMessageContaining("fixed batch")
                .hasMessageMatching("(?s).*a batch of " + name + "\\b.*");
    }

    @ParameterizedTest(name = "from {0} on")
    @MethodSource("looksAtTheBatch")
    void theSameAnswersAlikeWithAFixedBatch(String name, Function<NDArray, NDArray> body) throws Exception {
        Block block = new SequentialBlock().add(LambdaBlock.singleton(body));
        for (long batch : new long[] {4, 9}) {
            byte[] model = OnnxExport.of(block, SAMPLE).withFixedBatch(batch).bytes();
            assertThat(Agreement.difference(block, SAMPLE, model, batch)).isLessThan(1e-5);
        }
    }

    @Test
    void whatFollowsTheBatchEvenlyIsExported() throws Exception {
        Block block = new SequentialBlock()
                .add(LambdaBlock.singleton(x -> x.add(x.getManager().ones(new Shape(batch(x), 6)))))
                .add(LambdaBlock.singleton(
                        x -> x.reshape(batch(x) * 2, 3).mul(batch(x)).add(batch(x) + 3)))
                .add(Activation.tanhBlock());
        byte[] model = OnnxExport.of(block, SAMPLE).bytes();
        assertThat(Agreement.difference(block, SAMPLE, model, 1, 2, 3, 7, 64, 251))
                .isLessThan(1e-5);
    }

    @Test
    void anErrorThatTheNetworkSwallowsIsStillARefusal() {
        Block block = LambdaBlock.singleton(x -> {
            try {
                return x.sum().getFloat() > 0 ? x : x.neg();
            } catch (RuntimeException e) {
                return x.abs();
            }
        });
        assertRefused(OnnxExport.of(block, SAMPLE)).hasMessageContaining("data-dependent control flow");
    }

    @Test
    void anArrayFromOutsideIsTakenAsItIsAtEachUse() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray outside = manager.zeros(new Shape(6));
            Block block = LambdaBlock.singleton(x -> {
                outside.set(new float[] {1, 2, 3, 4, 5, 6});
                NDArray first = x.add(outside);
                outside.addi(10);
                NDArray second = first.mul(outside);
                outside.set(new float[] {0, 1, 0, 1, 0, 1});
                return second.sub(outside).concat(x.mul(outside), 1);
            });
            byte[] model = OnnxExport.of(block, SAMPLE).bytes();
            assertThat(Agreement.difference(block, SAMPLE, model)).isLessThan(1e-5);
        }
    }

    @Test
    void anArrayFromOutsideThatGrowsWithEachCallIsRefused() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray outside = manager.zeros(new Shape(6));
            Block block = LambdaBlock.singleton(x -> x.add(outside.addi(1)));
            assertRefused(OnnxExport.of(block, SAMPLE)).hasMessageContaining("from call to call");
            assertRefused(OnnxExport.of(block, SAMPLE).withFixedBatch(2)).hasMessageContaining("from call to call");
            assertThat(outside.toFloatArray()).containsOnly(0);
        }
    }

    /** An export calls forward with zeros for whole numbers, which change no sum. */
    @Test
    void aSumOverAllCallsIsRefusedForWholeNumbersToo() {
        NDArray[] sum = new NDArray[1];
        Block block = LambdaBlock.singleton(x -> {
            if (sum[0] == null) {
                sum[0] = x.getManager().zeros(new Shape(2, 3), DataType.INT64);
                sum[0].detach();
            }
            NDArray before = x.add(sum[0]);
            sum[0].reshape(1, 2, 3).addi(x);
            return before;
        });
        assertRefused(OnnxExport.of(block, OnnxInput.of("x", DataType.INT64, Axis.of(1), Axis.of(2), Axis.of(3))))
                .hasMessageContaining("from call to call");
    }

    /** Keeps what it created the first time, in the ways in which blocks do. */
    static Stream<Arguments> keepsArrays() {
        NDArray[] kept = new NDArray[1];
        List<NDArray> list = new ArrayList<>();
        Map<String, NDArray> map = new TreeMap<>();
        NDManager outside = NDManager.newBaseManager();
        return Stream.of(
                named("array", x -> {
                    if (kept[0] == null) {
                        kept[0] = x.getManager().arange(6f);
                        kept[0].detach();
                    }
                    return x.mul(kept[0]);
                }),
                named("list", x -> {
                    if (list.isEmpty()) {
                        NDArray mask = x.getManager().arange(6f).gt(2);
                        mask.detach();
                        list.add(mask);
                    }
                    return x.mul(list.get(0));
                }),
                named("map", x -> {
                    NDArray made = map.computeIfAbsent("scale", key -> {
                        NDArray scale = x.getManager().arange(6f).add(1);
                        scale.attach(outside);
                        return scale;
                    });
                    return x.div(made);
                }),
                named("manager", x -> {
                    NDArray made = map.computeIfAbsent("own", key -> outside.arange(6f));
                    return x.concat(x.add(made), 1).concat(made.expandDims(0).repeat(0, batch(x)), 1);
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("keepsArrays")
    void aBlockThatKeepsAnArrayAnswersAsBefore(String name, Function<NDArray, NDArray> body) throws Exception {
        Block block = new SequentialBlock().add(LambdaBlock.singleton(body));
        for (int export = 0; export < 2; export++) {
            byte[] model = OnnxExport.of(block, SAMPLE).bytes();
            assertThat(Agreement.difference(block, SAMPLE, model)).isLessThan(1e-6);
        }
        byte[] model = OnnxExport.of(block, SAMPLE).withFixedBatch(3).bytes();
        assertThat(Agreement.difference(block, SAMPLE, model, 3)).isLessThan(1e-6);
    }

    @Test
    void aScopeThatForwardClosesEndsNoTrace() throws Exception {
        Block block = LambdaBlock.singleton(x -> {
            NDArray kept;
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                kept = x.mul(2).matMul(x.getManager().eye(6).add(1)).add(x.exp());
                NDScope.unregister(kept);
            }
            return kept.softmax(1).add(x.reshape(batch(x), 2, 3).exp().reshape(batch(x), 6));
        });
        byte[] model = OnnxExport.of(block, SAMPLE).bytes();
        assertThat(Agreement.difference(block, SAMPLE, model)).isLessThan(1e-5);
    }

    @Test
    void aFailedExportLeavesTheBlockAsItWas() {
        try (NDManager manager = NDManager.newBaseManager()) {
            OwnBlocks.Caching block = new OwnBlocks.Caching();
            float[] before = answer(block, manager);
            OwnBlocks.Caching exported = new OwnBlocks.Caching();
            exported.failing = true;
            assertRefused(OnnxExport.of(exported, SAMPLE)).hasMessageContaining("atanh");
            assertThat(exported.kept).isNull();
            assertThat(exported.calls).isZero();
            exported.failing = false;
            assertThat(answer(exported, manager)).containsExactly(before);
        }
    }

    @Test
    void anExportLeavesTheFieldsOfTheBlockAsTheyWere() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            OwnBlocks.Caching block = new OwnBlocks.Caching();
            byte[] model = OnnxExport.of(block, SAMPLE).bytes();
            assertThat(block.kept).isNull();
            assertThat(block.calls).isZero();
            assertThat(Agreement.difference(block, SAMPLE, model)).isLessThan(1e-6);
            assertThat(answer(block, manager)).hasSize(12);
        }
    }

    @Test
    void aStateThatIsKeptFromCallToCallIsRefused() {
        NDArray[] state = new NDArray[1];
        Block block = LambdaBlock.singleton(x -> {
            NDArray mean = x.mean(new int[] {0});
            NDArray last = state[0] == null ? mean : state[0];
            state[0] = mean;
            mean.detach();
            return x.sub(last);
        });
        assertRefused(OnnxExport.of(block, SAMPLE)).hasMessageContaining("from call to call");
        assertRefused(OnnxExport.of(block, SAMPLE).withFixedBatch(3)).hasMessageContaining("from call to call");
        assertThat(state[0]).isNull();
    }

    private static float[] answer(Block block, NDManager manager) {
        NDArray input = manager.create(Agreement.images(12, 1), new Shape(2, 6));
        return block.forward(new ParameterStore(manager, false), new NDList(input), false)
                .singletonOrThrow()
                .toFloatArray();
    }

    private static long batch(NDArray array) {
        return array.getShape().get(0);
    }

    private static Arguments named(String name, Function<NDArray, NDArray> body) {
        return Arguments.of(name, body);
    }

    private static AbstractThrowableAssert<?, ?> assertRefused(OnnxExport export) {
        return assertThatThrownBy(export::bytes).isInstanceOf(ExportException.class);
    }
}
