package io.catwalk.onnx.lowering;

import static io.catwalk.onnx.lowering.Answers.assertAlike;
import static io.catwalk.onnx.lowering.Answers.operators;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arrays change their shape as in the engine, also at the edges. */
@Tag("tiny")
class ShapeRowsTest {

    /** From the corner that a diagonal of one number cuts off to the opposite one. */
    @ParameterizedTest
    @CsvSource({"4, 3, -3", "4, 3, -1", "4, 3, 0", "4, 3, 1", "4, 3, 2", "2, 4, -1", "2, 4, 0", "2, 4, 2", "2, 4, 3"})
    void diagonalsOfTallAndOfWideMatrices(int rows, int columns, int offset) throws Exception {
        assertAlike(x -> x.diagonal(offset, 1, 2), rows, columns);
    }

    @Test
    void aSplitIntoOnePartIsThatArray() throws Exception {
        assertAlike(x -> x.split(1, 1).get(0).neg(), 4);
        assertThat(operators(x -> x.split(1, 1).get(0).neg(), 4)).containsExactly("Neg");
    }

    /** The row need not handle fewer repeats than axes. */
    @Test
    void moreRepeatsThanAxesMakeNewOnesInFront() throws Exception {
        assertAlike(x -> x.tile(2), 2, 3);
        assertAlike(x -> x.tile(new long[] {1, 3, 2}), 2, 3);
        assertAlike(x -> x.tile(new long[] {1, 2, 1, 3, 2}).get("0"), 2, 3);
        assertThatThrownBy(() -> operators(x -> x.tile(new long[] {3, 2}), 2, 3))
                .hasMessageContaining("the engine itself cannot compute NDArray.tile(long[])");
    }

    @Test
    void aFlipOfNoAxisChangesNothing() throws Exception {
        assertAlike(x -> x.flip().add(1), 2, 3);
        assertThat(operators(x -> x.flip().neg(), 2, 3)).containsExactly("Neg");
    }

    @ParameterizedTest
    @ValueSource(ints = {-3, -1, 0, 1, 2, 3, 4, 5})
    void quartersAreTurnedEitherWay(int quarters) throws Exception {
        assertAlike(x -> x.rotate90(quarters, new int[] {1, 2}), 2, 3);
    }
}
