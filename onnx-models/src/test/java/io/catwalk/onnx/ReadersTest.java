package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import io.catwalk.onnx.graph.Node;
import io.catwalk.onnx.graph.OnnxParser;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Forms that ONNX allows but runtimes interpret differently are not written. */
@Tag("tiny")
class ReadersTest {

    private static final Shape MATRIX = new Shape(6);

    static Stream<Arguments> doesNothing() {
        return Stream.of(
                of("Transpose", x -> x.transpose(0, 1)),
                of("Transpose", x -> x.reshape(-1, 2, 3).transpose(0, 1, 2).reshape(-1, 6)),
                of("Transpose", x -> x.swapAxes(1, 1)),
                of("Expand", x -> x.broadcast(x.getShape())),
                of("Slice", x -> x.get(":, 0:6")),
                of("Slice", x -> x.get(":, :100")),
                of("Tile", x -> x.tile(1)),
                of("Pad", x -> x.pad(new Shape(0, 0), 0)),
                of("Concat", x -> ai.djl.ndarray.NDArrays.concat(new ai.djl.ndarray.NDList(x), 1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("doesNothing")
    void whatDoesNothingIsNotWritten(String operator, Function<NDArray, NDArray> body) throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = Agreement.initialized(
                    new SequentialBlock()
                            .add(LambdaBlock.singleton(body))
                            .add(Linear.builder().setUnits(4).build()),
                    manager,
                    MATRIX);
            for (int opset : new int[] {13, 17, 21}) {
                byte[] model = OnnxExport.of(block, MATRIX).withOpset(opset).bytes();
                assertThat(ExportTest.operators(model)).doesNotContain(operator);
                assertThat(Agreement.difference(block, MATRIX, model)).isLessThan(1e-5);
            }
        }
    }

    @Test
    void reluOfDoublesBeforeAClipOpens() throws Exception {
        Block block = LambdaBlock.singleton(x ->
                x.toType(DataType.FLOAT64, true).getNDArrayInternal().relu().clip(0.25, 1));
        for (int opset : new int[] {13, 17, 21}) {
            byte[] model = OnnxExport.of(block, MATRIX).withOpset(opset).bytes();
            assertThat(Agreement.difference(block, MATRIX, model)).isZero();
        }
    }

    /**
     * PyTorch rounds in float32; 132 of these 4,096 pairs of sizes showed whole rows of other pixels. So do some sizes
     * that are multiples, such as 41 and 61 times the old one.
     */
    @ParameterizedTest
    @CsvSource({
        "14, 32", "28, 64", "30, 36", "20, 24", "7, 15", "64, 28", "9, 27", "27, 9", "5, 5", "6, 3", "3, 1", "2, 82",
        "3, 183"
    })
    void nearestInterpolationTakesThePixelsThatTheEngineTakes(int from, int to) throws Exception {
        Shape image = new Shape(1, from, 3);
        for (long columns : new long[] {5, 6}) {
            long[] size = {to, columns};
            Block block = LambdaBlock.singleton(x -> x.getNDArrayInternal().interpolation(size, 0, false));
            for (int opset : new int[] {13, 17, 21}) {
                byte[] model = OnnxExport.of(block, image).withOpset(opset).bytes();
                assertThat(Agreement.difference(block, image, model)).isZero();
            }
        }
    }

    static Stream<Arguments> averages() {
        return Stream.of(
                pool("padding", Pool.avgPool2dBlock(new Shape(3, 3), new Shape(2, 2), new Shape(1, 1), false)),
                pool("uneven", Pool.avgPool2dBlock(new Shape(3, 2), new Shape(2, 2), new Shape(1, 0), true)),
                pool("ceiling", Pool.avgPool2dBlock(new Shape(3, 3), new Shape(3, 2), new Shape(0, 1), true)),
                pool("lp", Pool.lpPool2dBlock(2f, new Shape(2, 2), new Shape(2, 2), new Shape(0, 0), false)),
                pool(
                        "uncounted",
                        Pool.avgPool2dBlock(new Shape(3, 3), new Shape(1, 1), new Shape(1, 1), false, false)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("averages")
    void averagePoolsArePaddedByANodeOfTheirOwn(String name, Block block) throws Exception {
        Shape image = new Shape(2, 8, 7);
        for (int opset : new int[] {13, 17, 19, 21}) {
            byte[] model = OnnxExport.of(block, image).withOpset(opset).bytes();
            List<Node> pools = OnnxParser.model(model).graph().nodes().stream()
                    .filter(node -> node.operator().equals("AveragePool"))
                    .toList();
            assertThat(pools).isNotEmpty();
            for (Node pool : pools) {
                assertThat(pool.attributes().numbers("pads", new long[0]))
                        .containsOnly(0)
                        .as(pool.toString());
            }
            assertThat(Agreement.difference(block, image, model)).isLessThan(1e-6);
        }
    }

    @Test
    void aPoolWithoutPaddingStaysOneNode() {
        Block block = Pool.avgPool2dBlock(new Shape(2, 2), new Shape(2, 2), new Shape(0, 0), false);
        byte[] model = OnnxExport.of(block, new Shape(2, 8, 8)).bytes();
        assertThat(OnnxParser.model(model).graph().nodes()).hasSize(1);
    }

    /** Runtimes round up differently: the reference evaluator of onnx 1.17 and ONNX Runtime 1.21 are both wrong. */
    @ParameterizedTest
    @CsvSource({"3, 2, 1, 1, 1", "7, 2, 2, 0, 1", "8, 2, 2, 0, 0", "8, 3, 2, 1, 2", "9, 3, 2, 1, 1", "5, 2, 2, 1, 1"})
    void poolsPadAtTheEndInsteadOfRoundingUp(int size, int kernel, int stride, int pad, int expected) throws Exception {
        Shape image = new Shape(2, size, size);
        Block block =
                Pool.maxPool2dBlock(new Shape(kernel, kernel), new Shape(stride, stride), new Shape(pad, pad), true);
        byte[] model = OnnxExport.of(block, image).bytes();
        Node pool = OnnxParser.model(model).graph().nodes().get(0);
        assertThat(pool.attributes().number("ceil_mode", 0)).isZero();
        assertThat(pool.attributes().numbers("pads", new long[0])).containsExactly(pad, pad, expected, expected);
        assertThat(Agreement.difference(block, image, model)).isZero();
    }

    private static Arguments of(String operator, Function<NDArray, NDArray> body) {
        return Arguments.of(operator, body);
    }

    private static Arguments pool(String name, Block block) {
        return Arguments.of(name, block);
    }
}
