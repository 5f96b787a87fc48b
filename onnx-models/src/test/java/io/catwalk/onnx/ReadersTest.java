package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.pooling.Pool;
import io.catwalk.onnx.graph.Node;
import io.catwalk.onnx.graph.OnnxParser;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Forms that ONNX allows but runtimes interpret differently are not written. */
@Tag("tiny")
class ReadersTest extends ExportTest {

    private static final Shape MATRIX = new Shape(6);

    static Stream<Arguments> doesNothing() {
        return Stream.of(
                of(x -> x.transpose(0, 1), "Transpose"),
                of(x -> x.reshape(-1, 2, 3).transpose(0, 1, 2).reshape(-1, 6), "Transpose"),
                of(x -> x.swapAxes(1, 1), "Transpose"),
                of(x -> x.broadcast(x.getShape()), "Expand"),
                of(x -> x.get(":, 0:6"), "Slice"),
                of(x -> x.get(":, :100"), "Slice"),
                of(x -> x.tile(1), "Tile"),
                of(x -> x.pad(new Shape(0, 0), 0), "Pad"),
                of(x -> NDArrays.concat(new NDList(x), 1), "Concat"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("doesNothing")
    void whatDoesNothingIsNotWritten(String operator, UnaryOperator<NDArray> body) throws Exception {
        Block block = initialized(seq(lambda(body), dense(4)), MATRIX);
        for (int opset : OPSETS) {
            OnnxExport export = OnnxExport.of(block, MATRIX).withOpset(opset);
            assertThat(operators(assertAgrees(export, block, MATRIX, TOLERANCE)))
                    .doesNotContain(operator);
        }
    }

    @Test
    void reluOfDoublesBeforeAClipOpens() throws Exception {
        Block block = lambda(x -> {
            NDArray doubles = x.toType(DataType.FLOAT64, true);
            return doubles.getNDArrayInternal().relu().clip(0.25, 1);
        });
        assertAgreesInAll(block, MATRIX, 0);
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
            assertAgreesInAll(lambda(x -> x.getNDArrayInternal().interpolation(size, 0, false)), image, 0);
        }
    }

    static Stream<Block> averages() {
        Shape three = of(3, 3);
        Shape two = of(2, 2);
        return Stream.of(
                Pool.avgPool2dBlock(three, two, of(1, 1), false),
                Pool.avgPool2dBlock(of(3, 2), two, of(1, 0), true),
                Pool.avgPool2dBlock(three, of(3, 2), of(0, 1), true),
                Pool.lpPool2dBlock(2f, two, two, of(0, 0), false),
                Pool.avgPool2dBlock(three, of(1, 1), of(1, 1), false, false));
    }

    private static Shape of(long... sizes) {
        return new Shape(sizes);
    }

    @ParameterizedTest
    @MethodSource("averages")
    void averagePoolsArePaddedByANodeOfTheirOwn(Block block) throws Exception {
        Shape image = of(2, 8, 7);
        for (int opset : new int[] {13, 17, 19, 21}) {
            OnnxExport export = OnnxExport.of(block, image).withOpset(opset);
            List<Node> pools = nodes(assertAgrees(export, block, image, 1e-6)).stream()
                    .filter(node -> node.operator().equals("AveragePool"))
                    .toList();
            assertThat(pools)
                    .isNotEmpty()
                    .allSatisfy(pool -> assertThat(pads(pool)).containsOnly(0));
        }
    }

    private static List<Node> nodes(byte[] model) {
        return OnnxParser.model(model).graph().nodes();
    }

    private static long[] pads(Node pool) {
        return pool.attributes().numbers("pads", new long[] {0});
    }

    /** Runtimes round up differently: the reference evaluator of onnx 1.17 and ONNX Runtime 1.21 are both wrong. */
    @ParameterizedTest
    @CsvSource({"3, 2, 1, 1, 1", "7, 2, 2, 0, 1", "8, 2, 2, 0, 0", "8, 3, 2, 1, 2", "9, 3, 2, 1, 1", "5, 2, 2, 1, 1"})
    void poolsPadAtTheEndInsteadOfRoundingUp(int size, int kernel, int stride, int pad, int expected) throws Exception {
        Block block = Pool.maxPool2dBlock(of(kernel, kernel), of(stride, stride), of(pad, pad), true);
        Node pool = nodes(assertAgrees(block, of(2, size, size), 0)).get(0);
        assertThat(pool.attributes().number("ceil_mode", 0)).isZero();
        assertThat(pads(pool)).containsExactly(pad, pad, expected, expected);
    }
}
