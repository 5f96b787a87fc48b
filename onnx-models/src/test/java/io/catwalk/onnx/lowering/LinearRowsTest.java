package io.catwalk.onnx.lowering;

import static io.catwalk.onnx.lowering.Answers.assertAlike;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Linear layers whose weight is a vector make one number of each row. */
@Tag("tiny")
class LinearRowsTest {

    private static NDArray weight(NDArray x) {
        return x.getManager().create(new float[] {0.5f, -1, 2, 4});
    }

    @Test
    void aVectorOfWeightsRemovesTheLastAxis() throws Exception {
        assertAlike(x -> x.getNDArrayInternal().linear(x, weight(x), null).singletonOrThrow(), 4);
        assertAlike(x -> x.getNDArrayInternal().linear(x, weight(x), null).singletonOrThrow(), 3, 4);
    }

    @Test
    void oneRowIsAVectorToo() throws Exception {
        assertAlike(
                x -> x.getNDArrayInternal()
                        .linear(
                                x.get(0),
                                x.getManager().arange(8f).reshape(2, 4),
                                x.getManager().ones(new Shape(2)))
                        .singletonOrThrow(),
                4);
    }
}
