package io.catwalk.onnx.lowering;

import static io.catwalk.onnx.lowering.Answers.assertAlike;
import static io.catwalk.onnx.lowering.Answers.operators;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import io.catwalk.onnx.Agreement;
import io.catwalk.onnx.Axis;
import io.catwalk.onnx.OnnxExport;
import io.catwalk.onnx.OnnxInput;
import io.catwalk.onnx.graph.ExportException;
import io.catwalk.onnx.graph.Node;
import io.catwalk.onnx.graph.OnnxParser;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Windows slide as in the engine, also if they extend beyond the image. */
@Tag("tiny")
class WindowRowsTest {

    private static NDArray maxPool(NDArray x, int kernel, int stride, int pad, boolean up) {
        return x.getNDArrayInternal()
                .maxPool(new Shape(kernel, kernel), new Shape(stride, stride), new Shape(pad, pad), up);
    }

    private static NDArray avgPool(NDArray x, int kernel, int stride, int pad, boolean up) {
        return x.getNDArrayInternal()
                .avgPool(new Shape(kernel, kernel), new Shape(stride, stride), new Shape(pad, pad), up, true);
    }

    @ParameterizedTest
    @CsvSource({
        "2, 2, 0, false",
        "2, 2, 0, true",
        "3, 2, 1, false",
        "3, 2, 1, true",
        "3, 3, 0, true",
        "3, 3, 1, true",
        "2, 3, 1, true",
        "4, 1, 2, true",
        "1, 2, 0, true"
    })
    void windowsThatStickOutCountWhatIsInside(int kernel, int stride, int pad, boolean up) throws Exception {
        assertAlike(x -> maxPool(x, kernel, stride, pad, up), 2, 7, 6);
        assertAlike(1e-6, x -> avgPool(x, kernel, stride, pad, up), 2, 7, 6);
    }

    @Test
    void windowsThatStickOutOfASignalOrAVolumeCountWhatIsInside() throws Exception {
        Shape two = new Shape(2);
        Shape one = new Shape(1);
        assertAlike(1e-6, x -> x.getNDArrayInternal().avgPool(two, two, one, true, true), 3, 8);
        Shape cube = new Shape(2, 2, 2);
        Shape none = new Shape(0, 0, 0);
        assertAlike(1e-6, x -> x.getNDArrayInternal().avgPool(cube, cube, none, true, true), 3, 5, 4, 3);
        assertAlike(x -> x.getNDArrayInternal().maxPool(two, two, one, true), 3, 8);
        assertAlike(x -> x.getNDArrayInternal().maxPool(cube, cube, none, true), 3, 5, 4, 3);
    }

    private static NDArray convolved(NDArray x, NDArray weight, @Nullable NDArray bias) {
        int axes = weight.getShape().dimension() - 2;
        Shape ones = new Shape(1, 1).slice(0, axes);
        return x.getNDArrayInternal()
                .convolution(x, weight, bias, ones, ones, ones, 1)
                .singletonOrThrow();
    }

    /** The channels come first then. */
    @Test
    void oneImageWithoutABatchIsConvolved() throws Exception {
        assertAlike(
                x -> convolved(
                        x.get(0),
                        x.getManager().arange(36f).reshape(2, 2, 3, 3),
                        x.getManager().ones(new Shape(2))),
                2,
                5,
                4);
        assertAlike(x -> convolved(x.get(0), x.getManager().arange(12f).reshape(2, 2, 3), null), 2, 5);
    }

    private static Node maxPool(int stride, boolean up, Axis height) {
        Block block = LambdaBlock.singleton(x -> maxPool(x, 3, stride, 0, up));
        OnnxInput image = OnnxInput.of("image", DataType.FLOAT32, Axis.of(1), Axis.of(2), height, height);
        return OnnxParser.model(OnnxExport.of(block, image).bytes())
                .graph()
                .nodes()
                .get(0);
    }

    /**
     * Three windows of 3 at a distance of 2 extend one beyond 6 (ONNX, MaxPool: pads are all begins, then all ends).
     */
    @Test
    void whatSticksOutOfAKnownSizeIsPadding() {
        Node up = maxPool(2, true, Axis.of(6));
        assertThat(up.attributes().numbers("pads", new long[0])).containsExactly(0, 0, 1, 1);
        assertThat(up.attributes().entries()).containsEntry("ceil_mode", 0L);
        assertThat(maxPool(2, false, Axis.of(6)).attributes().numbers("pads", new long[0]))
                .containsExactly(0, 0, 0, 0);
    }

    @Test
    void whatSticksOutOfAnyOtherSizeIsRoundedUp() {
        Axis height = Axis.of("height").atLeast(3);
        assertThat(maxPool(2, true, height).attributes().entries()).containsEntry("ceil_mode", 1L);
        assertThat(maxPool(2, false, height).attributes().entries()).containsEntry("ceil_mode", 0L);
        assertThat(maxPool(1, true, height).attributes().entries()).containsEntry("ceil_mode", 0L); // nothing does
    }

    /** At a size that is not known during the export, the runtime has to round. */
    @ParameterizedTest
    @CsvSource({"3, 2, true", "3, 2, false", "3, 1, true"})
    void windowsRoundEitherWayAtEverySize(int kernel, int stride, boolean up) throws Exception {
        Block block = LambdaBlock.singleton(x -> maxPool(x, kernel, stride, 1, up));
        OnnxInput image = OnnxInput.of(
                "image",
                DataType.FLOAT32,
                Axis.BATCH,
                Axis.of(2),
                Axis.of("height").atLeast(3),
                Axis.of(6));
        byte[] model = OnnxExport.of(block, image).bytes();
        try (NDManager manager = NDManager.newBaseManager()) {
            for (int height = 3; height < 9; height++) {
                NDArray given = manager.create(Agreement.eighths(2 * height * 6, height), new Shape(1, 2, height, 6));
                assertThat(Agreement.difference(block, model, new NDList(given)))
                        .as("height " + height)
                        .isZero();
            }
        }
    }

    /** So the rows need not know what fewer numbers stand for. */
    @Test
    void theEngineTakesPoolsWithANumberForEachAxisAlone() {
        Shape two = new Shape(2, 2);
        Shape zero = new Shape(0, 0);
        for (Shape other : new Shape[] {new Shape(), new Shape(2)}) {
            assertRefused(x -> x.getNDArrayInternal().maxPool(two, other, zero, false));
            assertRefused(x -> x.getNDArrayInternal().maxPool(other, two, zero, false));
            assertRefused(x -> x.getNDArrayInternal().avgPool(two, two, other, false, true));
            assertRefused(x -> x.getNDArrayInternal().lpPool(2, two, other, zero, false));
        }
    }

    private static void assertRefused(UnaryOperator<NDArray> pool) {
        assertThatThrownBy(() -> operators(pool, 2, 6, 6))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("the engine itself cannot compute")
                .hasMessageContaining("Expected 2 values");
    }

    @Test
    void aSingleNumberStandsForAllAxesOfAConvolution() throws Exception {
        Shape one = new Shape(1);
        assertAlike(
                1e-5,
                x -> x.getNDArrayInternal()
                        .convolution(x, kernel(x), x.getManager().zeros(new Shape(3)), new Shape(2), one, one, 1)
                        .head(),
                2,
                6,
                6);
    }

    private static NDArray kernel(NDArray x) {
        return x.getManager().arange(54f).div(8).reshape(3, 2, 3, 3);
    }
}
