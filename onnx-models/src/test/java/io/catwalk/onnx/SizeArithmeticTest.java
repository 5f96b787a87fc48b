package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.catwalk.onnx.graph.OnnxParser;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What forward computes from positions and sizes, the graph computes for any size: nothing of that is stored. */
@Tag("tiny")
class SizeArithmeticTest extends ExportTest {

    private static final Axis.Dynamic TIME = Axis.of("time");

    /** A network of an array of shape (batch, time, 4) and its length. */
    private interface Body {
        NDArray apply(NDArray x, int length);
    }

    private static OnnxExport export(Axis time, Body body) {
        return OnnxExport.of(
                lambda(x -> body.apply(x, (int) x.getShape().get(1))),
                OnnxInput.of("x", DataType.FLOAT32, Axis.BATCH, time, Axis.of(4)));
    }

    private static NDArray positions(NDArray x, int length) {
        return x.getManager().arange((float) length);
    }

    private static Arguments row(String name, Body body) {
        return row(name, TIME, 300, body);
    }

    private static Arguments row(String name, Axis time, long longest, Body body) {
        return Arguments.of(name, time, body, longest);
    }

    static Stream<Arguments> bodies() {
        return Stream.of(
                row("distances of positions", (x, length) -> {
                    NDArray places = positions(x, length);
                    NDArray distances =
                            places.expandDims(0).sub(places.expandDims(1)).abs();
                    return x.matMul(x.transpose(0, 2, 1)).add(distances.mul(-0.25f));
                }),
                row("angles of positions", (x, length) -> {
                    NDArray speeds = x.getManager().create(new float[] {1, 0.1f, 0.01f, 0.001f});
                    NDArray angles = positions(x, length).expandDims(1).mul(speeds);
                    return x.mul(angles.cos()).add(x.mul(angles.sin()));
                }),
                row("causal masks", (x, length) -> {
                    NDArray places = positions(x, length);
                    NDArray later = places.expandDims(0).gt(places.expandDims(1));
                    NDArray seen = NDArrays.sub(1, later.toType(DataType.FLOAT32, false));
                    NDArray scores = x.matMul(x.transpose(0, 2, 1));
                    return scores.add(NDArrays.sub(1, seen).mul(-1e4f)).softmax(-1);
                }),
                row("the root of a length", (x, length) -> {
                    NDArray size = x.getManager().create((long) length).toType(DataType.FLOAT32, false);
                    return x.div(size.sqrt());
                }),
                row("a root in Java", (x, length) -> x.mul(1 / Math.sqrt(length))),
                row("a part in Java", (x, length) -> x.mul(2f / length).add(length / 2.0)),
                row("a logarithm in Java", (x, length) -> x.mul(Math.log(length + 1))),
                row(
                        "spaced numbers",
                        (x, length) ->
                                x.add(x.getManager().linspace(-1, 1, length).expandDims(1))),
                row("written positions", (x, length) -> {
                    NDArray codes = x.getManager().zeros(new Shape(length, 4));
                    codes.set(new NDIndex(":, 1"), positions(x, length).mul(0.5f));
                    codes.muli(0.25f);
                    return x.add(codes);
                }),
                row(
                        "what a length lacks of a multiple",
                        (x, length) -> x.pad(new Shape(0, 0, 0, (4 - length % 4) % 4), 0)),
                // (batch, 4, time) by (batch, time, 4)
                row(
                        "as many classes as places",
                        (x, length) -> x.argMax(1).oneHot(length).matMul(x)),
                row(
                        "the largest of all",
                        (x, length) -> x.topK(length, 1, true, true).get(0)),
                row("a product over no places", (x, length) -> {
                    NDArray later = x.get(":, 1:");
                    return later.transpose(0, 2, 1).matMul(later);
                }),
                row("a mean over no places", (x, length) -> x.get(":, 1:").mean(new int[] {1})),
                row("a percentile", (x, length) -> x.percentile(30, new int[] {1})),
                row("a percentile at a place", (x, length) -> x.percentile(50, new int[] {1})),
                row(
                        "identity",
                        TIME,
                        64,
                        (x, length) -> x.getManager().eye(length).matMul(x)),
                row("a matrix with fewer columns", TIME.atLeast(2), 64, (x, length) -> {
                    NDArray cut = x.getManager().eye(length, length - 1, 0, DataType.FLOAT32);
                    return cut.sum(new int[] {1}).expandDims(1).mul(x);
                }),
                row("an axis with a largest size", TIME.atMost(8_192), 1_000, (x, length) -> {
                    NDArray halves = positions(x, length).expandDims(1).mul(0.5f);
                    return x.add(halves.sin());
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bodies")
    void nothingIsStoredForALength(String name, Axis time, Body body, long longest) {
        OnnxExport export = export(time, body);
        int weights = OnnxParser.model(export.bytes()).graph().initializers().stream()
                .mapToInt(weight -> weight.data().length)
                .sum();
        assertThat(weights).isLessThan(1_000);
        for (long length : List.of(time.equals(TIME) ? 1L : 2L, 5L, longest)) {
            NDArray samples = manager.arange(8f * length).reshape(2, length, 4).div(8 * length);
            assertThat(export.prove(new NDList(samples)).agrees())
                    .as("a length of " + length)
                    .isTrue();
        }
    }

    @Test
    void arithmeticInJavaThatIsUnknownIsRefusedWithAWay() {
        String way = "manager.create(size).toType(DataType.FLOAT32, false).sqrt()";
        assertRefused(export(TIME, (x, length) -> x.mul(Math.sin(length))), way);
        // within a thousandth of a known formula
        assertRefused(export(TIME, (x, length) -> x.mul(1 / Math.sqrt(length + 0.01))), way);
    }

    @Test
    void aFormulaThatHoldsAtSomeSizesAloneIsRefused() {
        assertRefused(
                export(TIME, (x, length) -> x.mul(length == 500 ? 1 : 1 / Math.sqrt(length))), "for a time of 500");
        assertRefused(export(TIME, (x, length) -> x.mul(length < 600 ? 1.0 / length : 0.001)), "time");
    }

    /** What Java writes into an array has no arithmetic that a graph could repeat. */
    @Test
    void numbersOfJavaAreStoredForALargestSizeOrRefused() {
        Body halves = (x, length) -> {
            float[] numbers = new float[length];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = i / 2f;
            }
            return x.add(x.getManager().create(numbers).add(1).expandDims(1));
        };
        assertRefused(export(TIME, halves), "arange");
        NDList samples = new NDList(manager.ones(new Shape(2, 50, 4)));
        assertThat(export(TIME.atMost(50), halves).prove(samples).agrees()).isTrue();
    }

    /** An operand that is overwritten later is not what the array was made of. */
    @Test
    void whatWasMadeOfAnOverwrittenArrayIsNotComputedFromIt() {
        Body overwriting = (x, length) -> {
            NDArray places = positions(x, length);
            NDArray shifted = places.mul(0.5f);
            places.addi(1);
            return x.add(shifted.expandDims(1)).mul(places.expandDims(1));
        };
        assertRefused(export(TIME, overwriting), "SizeArithmeticTest.java:");
    }
}
