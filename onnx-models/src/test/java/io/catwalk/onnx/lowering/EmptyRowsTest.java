package io.catwalk.onnx.lowering;

import static io.catwalk.onnx.lowering.Answers.assertAlike;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Arrays without elements, and lists without axes. */
@Tag("tiny")
class EmptyRowsTest {

    private static NDArray none(NDArray x) {
        return x.getManager().zeros(new Shape(0));
    }

    @Test
    void aSumOverNoAxesIsThatOfAllElements() throws Exception {
        assertAlike(x -> x.sum(new int[0]), 2, 3);
        assertAlike(x -> x.sum(new int[0], true), 2, 3);
    }

    /** A list that grows in a loop begins with an array without elements. */
    @Test
    void concatenationLeavesOutVectorsWithoutElements() throws Exception {
        assertAlike(x -> none(x).concat(x, 1), 2, 3);
        assertAlike(x -> none(x).concat(x, 0), 2, 3);
        assertAlike(x -> x.concat(none(x), -1), 2, 3);
        assertAlike(x -> none(x).concat(x, 1).concat(none(x), 1).concat(x.neg(), 1), 2, 3);
        assertAlike(x -> x.add(none(x).concat(none(x), 0).sum()), 2, 3);
        assertAlike(x -> none(x).concat(x.toType(DataType.INT64, false), 1), 2, 3);
    }

    @Test
    void productsOverNoElementsAreZero() throws Exception {
        assertAlike(x -> x.get("..., 0:0").matMul(x.get("..., 0:0").swapAxes(1, 2)), 4, 3);
        assertAlike(
                x -> x.getNDArrayInternal()
                        .linear(x.get(":, 0:0"), x.getManager().ones(new Shape(5, 0)), null)
                        .singletonOrThrow(),
                4);
        assertAlike(
                x -> x.getNDArrayInternal()
                        .linear(
                                x.get(":, 0:0"),
                                x.getManager().ones(new Shape(5, 0)),
                                x.getManager().ones(new Shape(5)))
                        .singletonOrThrow(),
                4);
    }

    @Test
    void theMeanOfNoElementsIsNaN() throws Exception {
        assertAlike(x -> x.get(":, 0:0").mean(new int[] {1}).isNaN(), 4, 3);
        assertAlike(x -> x.get(":, 0:0").mean(new int[] {2}), 4, 3);
        assertAlike(x -> x.gt(9).logicalOr(x.get(":, 0:0").mean().isNaN()), 4, 3);
    }

    @Test
    void anAxisWithoutElementsIsFlipped() throws Exception {
        assertAlike(x -> x.get(":, 0:0").flip(1, 2).sum(new int[] {1}), 4, 3);
    }

    @Test
    void nothingIsTiled() throws Exception {
        assertAlike(x -> x.get(":, 0:0").tile(2).sum(new int[] {1}), 4, 3);
    }
}
