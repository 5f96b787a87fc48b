package io.catwalk.onnx.lowering;

import static io.catwalk.onnx.lowering.Answers.assertAlike;
import static io.catwalk.onnx.lowering.Answers.operators;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import io.catwalk.onnx.graph.ExportException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arithmetic of whole numbers and of mixed types is that of the engine. */
@Tag("tiny")
class ElementwiseRowsTest {

    private static final List<DataType> TYPES = List.of(
            DataType.BOOLEAN,
            DataType.UINT8,
            DataType.INT8,
            DataType.INT32,
            DataType.INT64,
            DataType.FLOAT32,
            DataType.FLOAT64);

    private static NDArray whole(NDArray x) {
        return x.round().toType(DataType.INT64, false);
    }

    private static NDArray as(NDArray x, DataType type) {
        NDArray wide = type == DataType.UINT8 ? x.add(200) : x;
        return wide.toType(type, false);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 12, 15})
    void powersOfWholeNumbersAreProducts(int exponent) throws Exception {
        assertAlike(x -> whole(x).pow(exponent), 6);
    }

    @Test
    void powersOfWholeNumbersByAnArrayAreRefused() {
        assertThatThrownBy(() -> operators(x -> whole(x).pow(whole(x).abs()), 6))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("of whole numbers by an array is computed in double precision");
    }

    /**
     * An unsigned byte of 200 is greater than a signed byte of -56, which has the same bits; the wider type decides,
     * and reals are wider.
     */
    @ParameterizedTest
    @EnumSource(names = {"BOOLEAN", "UINT8", "INT8", "INT32", "INT64", "FLOAT32", "FLOAT64"})
    void comparisonsAreMadeInTheWiderType(DataType left) throws Exception {
        assertAlike(
                x -> {
                    NDList answers = new NDList();
                    for (DataType right : TYPES) {
                        NDArray other = as(x.flip(1), right);
                        answers.add(as(x, left).gt(other).toType(DataType.INT32, false));
                        answers.add(as(x, left).eq(other).toType(DataType.INT32, false));
                    }
                    return NDArrays.stack(answers, 1);
                },
                8);
    }

    @ParameterizedTest
    @EnumSource(names = {"BOOLEAN", "UINT8", "INT8", "INT32", "INT64", "FLOAT32", "FLOAT64"})
    void aSingleNumberDoesNotWidenItsKind(DataType left) throws Exception {
        assertAlike(
                x -> {
                    NDList answers = new NDList();
                    for (Number number : new Number[] {1, 2, 300, 0.5f, 0.1, 0.1f}) {
                        answers.add(as(x, left).gt(number).toType(DataType.INT32, false));
                        answers.add(as(x, left).eq(number).toType(DataType.INT32, false));
                    }
                    for (DataType right : TYPES) {
                        NDArray scalar = x.getManager().create(1.5f).toType(right, false);
                        answers.add(as(x, left).gte(scalar).toType(DataType.INT32, false));
                    }
                    return NDArrays.stack(answers, 1);
                },
                8);
    }

    @Test
    void wholeNumbersAreNeitherRoundedNorNothing() throws Exception {
        assertAlike(x -> whole(x).trunc().add(whole(x).floor()).add(whole(x).round()), 6);
        assertAlike(x -> whole(x).isNaN().logicalOr(whole(x).isInfinite()), 6);
        assertAlike(x -> x.div(x.abs()).isNaN().logicalOr(x.div(x.mul(0)).isInfinite()), 6);
    }
}
