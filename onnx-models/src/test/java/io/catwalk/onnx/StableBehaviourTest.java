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
import ai.djl.nn.Parameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
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
class StableBehaviourTest extends ExportTest {

    private static final Shape SAMPLE = new Shape(6);

    static Stream<Arguments> changesFromCallToCall() {
        int[] calls = {0};
        Random random = new Random();
        return Stream.of(
                of(x -> x.add(x.getManager().randomNormal(x.getShape())), "noise"),
                of(x -> x.add(calls[0]++), "counter"),
                of(x -> x.add(x.getManager().create(calls[0]++)), "counter as a constant"),
                of(x -> random.nextBoolean() ? x.neg() : x.abs(), "coin"),
                of(x -> x.mul(System.nanoTime() % 1_000_003 / 1e6), "clock"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changesFromCallToCall")
    void whatChangesFromCallToCallIsRefused(String name, UnaryOperator<NDArray> body) {
        for (OnnxExport export : exports(seq(lambda(body)), SAMPLE)) {
            assertRefused(export, "from call to call", "StableBehaviourTest.java:");
        }
        OnnxExport export = OnnxExport.of(seq(lambda(body)), SAMPLE);
        assertThatThrownBy(export::bytes).message().doesNotContain("fixed batch");
    }

    static Stream<Arguments> looksAtTheBatch() {
        return Stream.of(
                of("1", x -> batch(x) == 1 ? x.neg() : x),
                of("1", x -> batch(x) % 3 == 2 ? x.neg() : x.abs()),
                of("7", x -> x.get("0:" + Math.min(batch(x), 6))),
                of("64", x -> batch(x) >= 64 ? x.neg() : x.abs()),
                of("17", x -> {
                    NDList parts = new NDList();
                    for (long from = 0; from < batch(x); from += 16) {
                        NDArray part = x.get(from + ":" + Math.min(batch(x), from + 16));
                        parts.add(part.softmax(0));
                    }
                    return parts.size() == 1 ? parts.get(0) : parts.get(0).concat(parts.get(1), 0);
                }),
                of("1", x -> x.squeeze().sum(new int[] {-1})),
                of("9", x -> {
                    NDArray zeros = x.getManager().zeros(new Shape(6));
                    return x.add(batch(x) == 9 ? x.getManager().ones(new Shape(6)) : zeros);
                }));
    }

    /** The name is the smallest size for which the network behaves differently than for two samples. */
    @ParameterizedTest(name = "from {0} on")
    @MethodSource("looksAtTheBatch")
    void javaCodeThatLooksAtTheBatchIsRefusedWithTheSize(String name, UnaryOperator<NDArray> body) throws Exception {
        Block block = seq(lambda(body));
        String size = "a batch of " + name;
        assertRefused(block, SAMPLE, "batch-dependent control flow", "StableBehaviourTest.java:", "fixed batch", size);
        for (long batch : new long[] {4, 9}) {
            byte[] model = OnnxExport.of(block, SAMPLE).withFixedBatch(batch).bytes();
            assertThat(Agreement.difference(block, SAMPLE, model, batch)).isLessThan(TOLERANCE);
        }
    }

    @Test
    void whatFollowsTheBatchEvenlyIsExported() throws Exception {
        Block block = seq(
                lambda(x -> x.add(x.getManager().ones(new Shape(batch(x), 6)))),
                lambda(x -> x.reshape(batch(x) * 2, 3).mul(batch(x)).add(batch(x) + 3)),
                Activation.tanhBlock());
        byte[] model = OnnxExport.of(block, SAMPLE).bytes();
        assertThat(Agreement.difference(block, SAMPLE, model, 1, 2, 3, 7, 64, 251))
                .isLessThan(TOLERANCE);
    }

    @Test
    void anErrorThatTheNetworkSwallowsIsStillARefusal() {
        Block block = lambda(x -> {
            try {
                return x.sum().getFloat() > 0 ? x : x.neg();
            } catch (RuntimeException e) {
                return x.abs();
            }
        });
        assertRefused(block, SAMPLE, "data-dependent control flow");
    }

    @Test
    void anArrayFromOutsideIsTakenAsItIsAtEachUse() throws Exception {
        NDArray outside = manager.zeros(new Shape(6));
        Block block = lambda(x -> {
            outside.set(new float[] {1, 2, 3, 4, 5, 6});
            NDArray first = x.add(outside);
            outside.addi(10);
            NDArray second = first.mul(outside);
            outside.set(new float[] {0, 1, 0, 1, 0, 1});
            return second.sub(outside).concat(x.mul(outside), 1);
        });
        assertAgrees(block, SAMPLE, TOLERANCE);
    }

    @Test
    void anArrayFromOutsideThatGrowsWithEachCallIsRefused() {
        NDArray outside = manager.zeros(new Shape(6));
        for (OnnxExport export : exports(lambda(x -> x.add(outside.addi(1))), SAMPLE)) {
            assertRefused(export, "from call to call");
        }
        assertThat(outside.toFloatArray()).containsOnly(0);
    }

    /** An export calls forward with zeros for whole numbers, which change no sum. */
    @Test
    void aSumOverAllCallsIsRefusedForWholeNumbersToo() {
        Map<String, NDArray> kept = new HashMap<>();
        Block block = lambda(x -> {
            NDArray sum = kept.computeIfAbsent("sum", key -> x.getManager().zeros(new Shape(2, 3), DataType.INT64));
            sum.detach();
            NDArray before = x.add(sum);
            sum.reshape(1, 2, 3).addi(x);
            return before;
        });
        OnnxInput input = OnnxInput.of("x", DataType.INT64, Axis.of(1), Axis.of(2), Axis.of(3));
        assertRefused(OnnxExport.of(block, input), "from call to call");
    }

    /** Keeps what it created the first time, in the ways in which blocks do. */
    static Stream<Arguments> keepsArrays() {
        List<NDArray> list = new ArrayList<>();
        Map<String, NDArray> map = new HashMap<>();
        NDManager outside = NDManager.newBaseManager();
        return Stream.of(
                of("list", x -> {
                    if (list.isEmpty()) {
                        list.add(x.getManager().arange(6f).gt(2));
                        list.get(0).detach();
                    }
                    return x.mul(list.get(0));
                }),
                of("manager", x -> {
                    NDArray made = map.computeIfAbsent("own", key -> outside.arange(6f));
                    return x.concat(x.add(made), 1).concat(made.expandDims(0).repeat(0, batch(x)), 1);
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("keepsArrays")
    void aBlockThatKeepsAnArrayAnswersAsBefore(String name, UnaryOperator<NDArray> body) throws Exception {
        Block block = seq(lambda(body));
        for (int export = 0; export < 2; export++) {
            assertAgrees(block, SAMPLE, 1e-6);
        }
        byte[] model = OnnxExport.of(block, SAMPLE).withFixedBatch(3).bytes();
        assertThat(Agreement.difference(block, SAMPLE, model, 3)).isLessThan(1e-6);
    }

    @Test
    void aScopeThatForwardClosesEndsNoTrace() throws Exception {
        Block block = lambda(x -> {
            NDArray kept;
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                kept = x.mul(2).matMul(x.getManager().eye(6).add(1)).add(x.exp());
                NDScope.unregister(kept);
            }
            NDArray others = x.reshape(batch(x), 2, 3).exp();
            return kept.softmax(1).add(others.reshape(batch(x), 6));
        });
        assertAgrees(block, SAMPLE, TOLERANCE);
    }

    @Test
    void aStateThatIsKeptFromCallToCallIsRefused() {
        NDArray[] state = new NDArray[1];
        Block block = lambda(x -> {
            NDArray mean = x.mean(new int[] {0});
            NDArray last = state[0] == null ? mean : state[0];
            state[0] = mean;
            mean.detach();
            return x.sub(last);
        });
        for (OnnxExport export : exports(block, SAMPLE)) {
            assertRefused(export, "from call to call");
        }
        assertThat(state).containsOnlyNulls();
    }

    // Networks that choose among weights of one shape.

    private static final int ROWS = 16;

    /** Computes something from the input and two tables of one shape. */
    private interface Body {
        NDArray apply(NDArray x, NDArray first, NDArray second);
    }

    private static final class Tables extends OwnBlocks.Own {

        private final Parameter first = weight("first", ROWS, 6);
        private final Parameter second = weight("second", ROWS, 6);
        private final Body body;

        Tables(Body body) {
            this.body = body;
        }

        @Override
        NDArray apply(NDArray x, Function<Parameter, NDArray> values) {
            return body.apply(x, values.apply(first), values.apply(second));
        }
    }

    private static long size(NDArray x, int axis) {
        return x.getShape().get(axis);
    }

    private static boolean many(NDArray x) {
        return batch(x) >= 64;
    }

    private static Arguments from(int batch, Body body) {
        return Arguments.of(batch, body);
    }

    static Stream<Arguments> byTheBatch() {
        return Stream.of(
                from(7, (x, a, b) -> x.matMul((batch(x) > 6 ? b : a).transpose())),
                from(64, (x, a, b) -> x.add(many(x) ? b.get(1) : a.get(1))),
                from(64, (x, a, b) -> x.add(a.get(many(x) ? 2 : 1))),
                from(64, (x, a, b) -> x.add(a.get("1:3").get(many(x) ? 1 : 0))),
                from(64, (x, a, b) -> x.add(a.split(8).get(many(x) ? 7 : 0).get(1))),
                from(64, (x, a, b) -> x.add(a.diagonal(many(x) ? -1 : 0))));
    }

    /** The number is the smallest batch with other weights than a batch of two. */
    @ParameterizedTest(name = "from {0} on")
    @MethodSource("byTheBatch")
    void weightsThatTheBatchChoosesAreRefused(int batch, Body body) {
        String words = "holds other numbers for a batch of " + batch + " than";
        Tables block = initialized(new Tables(body), SAMPLE);
        assertRefused(block, SAMPLE, "batch-dependent control flow", words, "StableBehaviourTest.java:");
    }

    @Test
    void weightsThatACounterChoosesAreRefused() {
        int[] calls = {0};
        Tables block = initialized(new Tables((x, a, b) -> x.add((calls[0]++ < 7 ? a : b).get(0))), SAMPLE);
        for (OnnxExport export : exports(block, SAMPLE)) {
            assertRefused(export, "forward changes from call to call");
        }
    }

    @Test
    void theFirstRowsOfATableAreTakenAtEveryLength() throws Exception {
        Tables block = new Tables((x, a, b) -> x.add(a.get("0:" + size(x, 1))));
        byte[] model = export(block).bytes();
        for (int length : new int[] {1, 7, ROWS}) {
            assertThat(Agreement.difference(block, model, new NDList(floats(2, length, 6))))
                    .isZero();
        }
    }

    @Test
    void theLastRowsOfATableAreRefused() {
        OnnxExport export = export(new Tables((x, a, b) -> x.add(a.get(ROWS - size(x, 1) + ":"))));
        assertRefused(export, "sequence-dependent control flow", "holds other numbers for a sequence of");
    }

    private OnnxExport export(Tables block) {
        initialized(block, new Shape(2, 6));
        Axis sequence = Axis.of("sequence").atMost(ROWS);
        return OnnxExport.of(block, OnnxInput.of("x", DataType.FLOAT32, Axis.BATCH, sequence, Axis.of(6)));
    }
}
