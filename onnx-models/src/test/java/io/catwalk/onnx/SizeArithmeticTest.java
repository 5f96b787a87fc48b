package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import io.catwalk.onnx.graph.ExportException;
import io.catwalk.onnx.graph.OnnxParser;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What forward computes from positions and sizes, the graph computes for any size: nothing of that is stored. */
@Tag("tiny")
class SizeArithmeticTest {

    private static final Axis TIME = Axis.of("time");

    private final NDManager manager = NDManager.newBaseManager();

    @AfterEach
    void close() {
        manager.close();
    }

    /** A network of an array of shape (batch, time, 4) and its length. */
    private static Block network(BiFunction<NDArray, Long, NDArray> body) {
        return LambdaBlock.singleton(x -> body.apply(x, x.getShape().get(1)));
    }

    private static OnnxExport export(Axis time, BiFunction<NDArray, Long, NDArray> body) {
        return OnnxExport.of(network(body), OnnxInput.of("x", DataType.FLOAT32, Axis.BATCH, time, Axis.of(4)));
    }

    private void assertAgrees(Axis time, BiFunction<NDArray, Long, NDArray> body, long... lengths) {
        OnnxExport export = export(time, body);
        int weights = OnnxParser.model(export.bytes()).graph().initializers().stream()
                .mapToInt(weight -> weight.data().length)
                .sum();
        assertThat(weights).isLessThan(1_000);
        for (long length : lengths) {
            NDArray samples = manager.arange(8f * length).reshape(2, length, 4).div(8 * length);
            assertThat(export.prove(new NDList(samples)).agrees())
                    .as("a length of " + length)
                    .isTrue();
        }
    }

    private static NDArray positions(NDArray x, long length) {
        return x.getManager().arange((float) length);
    }

    @Test
    void distancesOfPositions() {
        assertAgrees(
                TIME,
                (x, length) -> {
                    NDArray places = positions(x, length);
                    NDArray bias =
                            places.expandDims(0).sub(places.expandDims(1)).abs().mul(-0.25f);
                    return x.matMul(x.transpose(0, 2, 1)).add(bias);
                },
                1,
                5,
                300);
    }

    @Test
    void anglesOfPositions() {
        assertAgrees(
                TIME,
                (x, length) -> {
                    NDArray speeds = x.getManager().create(new float[] {1, 0.1f, 0.01f, 0.001f});
                    NDArray angles = positions(x, length).expandDims(1).mul(speeds);
                    return x.mul(angles.cos()).add(x.mul(angles.sin()));
                },
                1,
                5,
                300);
    }

    @Test
    void causalMasks() {
        assertAgrees(
                TIME,
                (x, length) -> {
                    NDArray places = positions(x, length);
                    NDArray later = places.expandDims(0).gt(places.expandDims(1));
                    NDArray seen = NDArrays.sub(1, later.toType(DataType.FLOAT32, false));
                    return x.matMul(x.transpose(0, 2, 1))
                            .add(NDArrays.sub(1, seen).mul(-1e4f))
                            .softmax(-1);
                },
                1,
                5,
                300);
    }

    @Test
    void identityMatrices() {
        assertAgrees(TIME, (x, length) -> x.getManager().eye(length.intValue()).matMul(x), 1, 5, 64);
        assertAgrees(
                Axis.of("time").atLeast(2),
                (x, length) -> x.getManager()
                        .eye(length.intValue(), length.intValue() - 1, 0, DataType.FLOAT32)
                        .sum(new int[] {1})
                        .expandDims(1)
                        .mul(x),
                2,
                5,
                64);
    }

    @Test
    void theRootOfALength() {
        assertAgrees(
                TIME,
                (x, length) -> x.div(x.getManager()
                        .create(length.longValue())
                        .toType(DataType.FLOAT32, false)
                        .sqrt()),
                1,
                5,
                300);
        assertThatThrownBy(() -> export(TIME, (x, length) -> x.mul(1 / Math.sqrt(length)))
                        .bytes())
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("manager.create(size).toType(DataType.FLOAT32, false).sqrt()");
    }

    @Test
    void anAxisWithALargestSizeStoresNothingEither() {
        assertAgrees(
                Axis.of("time").atMost(8_192),
                (x, length) ->
                        x.add(positions(x, length).expandDims(1).mul(0.5f).sin()),
                1,
                5,
                1_000);
    }

    @Test
    void asManyClassesAsPlaces() {
        assertAgrees(
                TIME,
                (x, length) ->
                        x.argMax(1).oneHot(Math.toIntExact(length)).matMul(x), // (batch, 4, time) by (batch, time, 4)
                1,
                5,
                300);
    }

    @Test
    void asManyOfTheLargestAsPlaces() {
        assertAgrees(
                TIME,
                (x, length) -> x.topK(Math.toIntExact(length), 1, true, true).get(0),
                1,
                5,
                300);
    }

    /** What Java writes into an array has no arithmetic that a graph could repeat. */
    @Test
    void numbersOfJavaAreStoredForALargestSizeOrRefused() {
        BiFunction<NDArray, Long, NDArray> halves = (x, length) -> {
            float[] numbers = new float[length.intValue()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = i / 2f;
            }
            return x.add(x.getManager().create(numbers).add(1).expandDims(1));
        };
        assertThatThrownBy(() -> export(TIME, halves).bytes())
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("arange");
        assertThat(export(Axis.of("time").atMost(50), halves)
                        .prove(new NDList(manager.ones(new Shape(2, 50, 4))))
                        .agrees())
                .isTrue();
    }

    /** An operand that is overwritten later is not what the array was made of. */
    @Test
    void whatWasMadeOfAnOverwrittenArrayIsNotComputedFromIt() {
        assertThatThrownBy(() -> export(TIME, (x, length) -> {
                            NDArray places = positions(x, length);
                            NDArray shifted = places.mul(0.5f);
                            places.addi(1);
                            return x.add(shifted.expandDims(1)).mul(places.expandDims(1));
                        })
                        .bytes())
                .isInstanceOf(ExportException.class);
    }

    @Test
    void arithmeticThatDependsOnASizeIsRefused() {
        assertThatThrownBy(() -> export(
                                TIME,
                                (x, length) -> x.add(positions(x, length)
                                        .mul(length == 100 ? 0.5f : 0.25f)
                                        .expandDims(1)))
                        .bytes())
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("time-dependent control flow")
                .hasMessageContaining("100");
    }
}
