package io.catwalk.onnx.lowering;

import static io.catwalk.onnx.lowering.Answers.assertAlike;
import static io.catwalk.onnx.lowering.Answers.operators;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.catwalk.onnx.graph.ExportException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images are resized as in the engine. */
@Tag("tiny")
class ResamplingTest {

    private static final int BILINEAR = 1;

    private static NDArray interpolated(NDArray image, int mode, long rows, long columns) {
        return image.getNDArrayInternal().interpolation(new long[] {rows, columns}, mode, false);
    }

    /**
     * One channel per column of the old image, which is one there and zero elsewhere, shows the weights of that column.
     */
    @ParameterizedTest
    @CsvSource({"BILINEAR, 1", "AREA, 2", "BICUBIC, 3"})
    void eachColumnCountsAsMuchAsInTheEngine(Resampling mode, int number) {
        try (NDManager manager = NDManager.newBaseManager()) {
            for (int from = 1; from <= 12; from++) {
                NDArray units = manager.eye(from).reshape(1, from, 1, from);
                for (int size = 1; size <= 12; size++) {
                    if (from == size) {
                        continue;
                    }
                    float[] expected = interpolated(units, number, 1, size).toFloatArray();
                    double[][] weights = mode.weights(from, size);
                    for (int input = 0; input < from; input++) {
                        for (int output = 0; output < size; output++) {
                            assertThat(weights[output][input])
                                    .as(from + " to " + size)
                                    .isCloseTo(expected[input * size + output], within(1e-6));
                        }
                    }
                }
            }
        }
    }

    @Test
    void nearestNeighborsAreNotWeighed() {
        assertThatThrownBy(() -> Resampling.NEAREST.weights(2, 3)).isInstanceOf(IllegalStateException.class);
    }

    /**
     * If 14 columns become 16, Resize of ONNX Runtime takes other columns than PyTorch: they round the scale
     * differently.
     */
    @ParameterizedTest
    @CsvSource({"14, 16", "20, 12", "3, 5", "8, 3"})
    void nearestColumnsAreThoseOfTheEngine(int from, int size) throws Exception {
        assertAlike(x -> interpolated(x, 0, 1, size), 2, 1, from);
    }

    @Test
    void imagesThatGrowAreResizedAndOthersAreMultiplied() {
        assertThat(operators(x -> interpolated(x, 0, 6, 4), 2, 3, 4)).containsExactly("Resize");
        assertThat(operators(x -> interpolated(x, 0, 5, 4), 2, 3, 4)).containsExactly("Gather");
        assertThat(operators(x -> interpolated(x, BILINEAR, 5, 4), 2, 3, 4)).containsExactly("Resize");
        assertThat(operators(x -> interpolated(x, BILINEAR, 5, 3), 2, 3, 4))
                .contains("MatMul")
                .doesNotContain("Resize");
        assertThat(operators(x -> interpolated(x, 0, 3, 4).neg(), 2, 3, 4)).containsExactly("Neg");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void oneColumnIsMadeWhereTheEngineIsRight(int mode) throws Exception {
        assertAlike(1e-6, x -> interpolated(x, mode, 4, 1), 1, 4, 3); // the rows stay
        assertAlike(1e-6, x -> interpolated(x, mode, 1, 1), 1, 4, 3);
        assertAlike(1e-6, x -> interpolated(x, mode, 2, 2), 1, 4, 3);
        assertAlike(1e-6, x -> x.getNDArrayInternal().resize(1, 3, mode), 4, 2, 3); // channels at the end
    }

    @Test
    void oneColumnIsRefusedWhereTheEngineRepeatsARow() {
        assertThatThrownBy(() -> operators(x -> interpolated(x, BILINEAR, 3, 1), 2, 4, 3))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("makes one column");
        assertThatThrownBy(() -> operators(x -> x.getNDArrayInternal().resize(1, 3, BILINEAR), 4, 2, 1))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("makes one column");
    }

    /** The weights have no end in binary, so that FLOAT32 in between would show. */
    @ParameterizedTest
    @ValueSource(ints = {BILINEAR, 2, 3})
    void imagesInDoublePrecisionKeepIt(int mode) throws Exception {
        assertAlike(1e-14, x -> interpolated(x.toType(DataType.FLOAT64, false), mode, 5, 3), 2, 6, 8);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 4})
    void otherModesAreRefused(int mode) {
        assertThatThrownBy(() -> operators(x -> interpolated(x, mode, 3, 3), 2, 4, 4))
                .isInstanceOf(ExportException.class);
    }

    @Test
    void wholeNumbersArePickedAndNotSmoothed() throws Exception {
        assertAlike(
                x -> x.mul(1 << 23)
                        .toType(DataType.INT32, false)
                        .getNDArrayInternal()
                        .resize(3, 3, 0),
                4,
                4,
                1);
        assertThatThrownBy(() -> operators(
                        x -> x.toType(DataType.UINT8, false)
                                .getNDArrayInternal()
                                .resize(3, 3, BILINEAR),
                        4,
                        4,
                        1))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("of whole numbers rounds in a way that no ONNX operator does");
    }
}
