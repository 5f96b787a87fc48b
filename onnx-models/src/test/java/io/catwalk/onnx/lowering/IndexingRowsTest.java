package io.catwalk.onnx.lowering;

import static io.catwalk.onnx.lowering.Answers.assertAlike;
import static io.catwalk.onnx.lowering.Answers.operators;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An index selects what the engine selects, with no more nodes than it needs. */
@Tag("tiny")
class IndexingRowsTest {

    @ParameterizedTest
    @ValueSource(strings = {":, 0:", ":, 0:4", ":, 0:9", ":, 0:, 0:3", ":, ..."})
    void allOfAnAxisIsNotCut(String index) throws Exception {
        assertAlike(x -> x.get(index).neg(), 4, 3);
        assertThat(operators(x -> x.get(index).neg(), 4, 3)).containsExactly("Neg");
    }

    @ParameterizedTest
    @ValueSource(strings = {":, 1:", ":, 0:3", ":, 0:-1", ":, 0::2", ":, 0:4, 1:", ":, 0:, 0:2", ":, 0:, 0::2"})
    void aPartOfAnAxisIsCut(String index) throws Exception {
        assertAlike(x -> x.get(index), 4, 3);
        assertThat(operators(x -> x.get(index), 4, 3)).containsExactly("Slice");
    }

    private static NDArray indices(NDArray x, long... numbers) {
        return x.getManager().create(numbers);
    }

    /** Axes that are selected together stay where they were, before those after them. */
    @Test
    void whatIsPickedAlongTwoAxesComesInTheirPlace() throws Exception {
        assertAlike(x -> x.get(new NDIndex(":, {}, {}", indices(x, 0, 2, 1), indices(x, 1, 1, 0))), 3, 2, 4);
        assertAlike(
                x -> x.get(new NDIndex(
                        ":, {}, {}",
                        indices(x, 0, 2, 1, 2).reshape(2, 2),
                        indices(x, 1, 1, 0, 0).reshape(2, 2))),
                3,
                2,
                4,
                2);
        assertAlike(x -> x.get(new NDIndex(":, :, {}, {}", indices(x, 0, 1), indices(x, 3, 2))), 3, 2, 4, 2);
        assertAlike(x -> x.get(new NDIndex(":, {}, :, {}", indices(x, 0, 2), indices(x, 3, 2))), 3, 2, 4);
    }

    /** ONNX: the indices have the size of the array along the other axes; not every runtime accepts fewer. */
    @Test
    void rowsThatTheIndicesDoNotHaveAreCutOff() {
        assertThat(operators(x -> x.gather(indices(x, 0, 2, 1, 1, 0, 2).reshape(2, 1, 3), 2), 2, 4))
                .containsExactly("Slice", "GatherElements");
        assertThat(operators(x -> x.gather(indices(x, 0, 2, 1, 1, 0, 2, 1, 1).reshape(2, 2, 2), 2), 2, 4))
                .containsExactly("GatherElements");
    }

    @Test
    void gatheringAlongAnAxisTakesTheRowsThatTheIndicesHave() throws Exception {
        assertAlike(
                x -> x.gather(
                        indices(x, 0, 2, 1, 1, 0, 2)
                                .reshape(1, 2, 3)
                                .repeat(0, x.getShape().get(0)),
                        2),
                2,
                4);
        assertAlike(
                x -> x.gather(
                        indices(x, 0, 2, 1, 1)
                                .reshape(1, 1, 4)
                                .repeat(0, x.getShape().get(0)),
                        2),
                2,
                4);
        assertAlike(
                x -> x.gather(
                        indices(x, 0, 1, 1)
                                .reshape(1, 3, 1)
                                .repeat(0, x.getShape().get(0)),
                        1),
                2,
                4);
    }
}
