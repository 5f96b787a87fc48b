package io.catwalk.onnx.lowering;

import static io.catwalk.onnx.lowering.Answers.assertAlike;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Arrays without elements, and lists without axes. */
@Tag("tiny")
class EmptyRowsTest {

    @Test
    void aSumOverNoAxesIsThatOfAllElements() throws Exception {
        assertAlike(x -> x.sum(new int[0]), 2, 3);
        assertAlike(x -> x.sum(new int[0], true), 2, 3);
    }

    @Test
    void theMeanOfNoElementsIsNaN() throws Exception {
        assertAlike(x -> x.get(":, 0:0").mean(new int[] {1}).isNaN(), 4, 3);
        assertAlike(x -> x.get(":, 0:0").mean(new int[] {2}), 4, 3);
        assertAlike(x -> x.gt(9).logicalOr(x.get(":, 0:0").mean().isNaN()), 4, 3);
    }
}
