package io.catwalk.onnx.lowering;

import static io.catwalk.onnx.lowering.Answers.assertAlike;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Scalars have no axis, and the engine takes them for vectors of one element; a number beside them has its own type. */
@Tag("tiny")
class ScalarRowsTest {

    static Stream<Arguments> functions() {
        return Stream.of(
                named("softmax", x -> x.softmax(0)),
                named("logSoftmax", x -> x.logSoftmax(-1)),
                named("sum", x -> x.sum(new int[] {0})),
                named("mean, kept", x -> x.mean(new int[] {-1}, true)),
                named("max", x -> x.max(new int[] {0})),
                named("min", x -> x.min(new int[] {0})),
                named("prod", x -> x.prod(new int[] {0})),
                named("argMax", x -> x.argMax(0)),
                named("argMin", x -> x.argMin(-1)),
                named("cumSum", NDArray::cumSum),
                named("cumSum along an axis", x -> x.cumSum(0)),
                named("cumProd", x -> x.cumProd(0)),
                named("sort", NDArray::sort),
                named("sort along an axis", x -> x.sort(0)),
                named("argSort", x -> x.argSort(0)),
                named("argSort, descending", x -> x.argSort(-1, false)),
                named("median", NDArray::median),
                named("percentile", x -> x.percentile(30)),
                named(
                        "oneHot",
                        x -> x.abs()
                                .round()
                                .toType(DataType.INT64, false)
                                .mod(5)
                                .oneHot(5)));
    }

    private static Arguments named(String name, UnaryOperator<NDArray> function) {
        return Arguments.of(Named.of(name, function));
    }

    @ParameterizedTest
    @MethodSource("functions")
    void aScalarIsAVectorOfOneElement(UnaryOperator<NDArray> function) throws Exception {
        assertAlike(x -> function.apply(x.max()), 6);
    }

    /** As FLOAT64, 0.1f is above 0.1; as INT32, 2^33 is 0. */
    @Test
    void aScalarIsComparedWithANumberInTheWiderType() throws Exception {
        assertAlike(x -> x.mul(0).add(0.1f).max().gt(0.1).logicalOr(x.gt(9)), 6);
        assertAlike(x -> x.mul(0).add(0.7f).max().lte(0.7).logicalOr(x.gt(9)), 6);
        assertAlike(
                x -> x.mul(0).toType(DataType.INT32, false).max().eq(1L << 33).logicalOr(x.gt(9)), 6);
    }

    /** As FLOAT32, both numbers are the same; as INT8, 1000 is -24. */
    @Test
    void aScalarIsComparedWithAnArrayInTheTypeOfTheArray() throws Exception {
        assertAlike(x -> x.mul(0).max().add(0.1).lt(x.mul(0).add(0.1f)), 6);
        assertAlike(x -> x.mul(0).add(0.1f).gt(x.mul(0).max().add(0.1)), 6);
        assertAlike(x -> x.getManager().create(1000).gt(x.toType(DataType.INT8, false)), 6);
        assertAlike(x -> x.getManager().create(0.5f).gt(x.toType(DataType.INT8, false)), 6);
        assertAlike(x -> x.max().gt(0).eq(x.toType(DataType.INT8, false)), 6);
    }
}
