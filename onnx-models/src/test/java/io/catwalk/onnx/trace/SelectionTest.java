package io.catwalk.onnx.trace;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Indices of an array of shape (4, 5, 6), with expected parts written by hand. */
@Tag("tiny")
class SelectionTest extends OneTrace {

    private static final Shape SHAPE = new Shape(4, 5, 6);
    private static final long END = Long.MAX_VALUE;

    private final Tracer tracer = newTracer();

    private Selection selection(String index, Object... arrays) {
        return Selection.of(tracer, new NDIndex(index, arrays), SHAPE);
    }

    /** Compares starts, stops, axes, steps, axes that are gone, and axes that are made; E is the end. */
    private static void assertCuts(Selection selection, String cuts) {
        long[][] expected = Arrays.stream(cuts.split("\\|", -1))
                .map(part -> Arrays.stream(part.strip().split(" ")).filter(number -> !number.isEmpty()))
                .map(part -> part.mapToLong(number -> number.equals("E") ? END : Long.parseLong(number))
                        .toArray())
                .toArray(long[][]::new);
        assertThat(selection.cuts()).containsExactly((Object[]) expected);
    }

    private NDArray mask(long... shape) {
        return manager.zeros(new Shape(shape), DataType.BOOLEAN);
    }

    private NDArray inputMask(long... shape) {
        return tracer.input(mask(shape)).proxy();
    }

    @Test
    void slicesCutTheirAxis() {
        assertCuts(selection(":, 1:3, ::2"), "1 0 | 3 E | 1 2 | 1 2 | | ");
        assertThat(selection(":, 1:3").cutsNothing()).isFalse();
        assertThat(selection(":, ...").cutsNothing()).isTrue();
    }

    /** The last place has no end: -1 plus 1 would be 0. */
    @Test
    void numbersCutTheirAxisAndTakeItAway() {
        assertCuts(selection("1, :, -1"), "1 -1 | 2 E | 0 2 | 1 1 | 0 2 | ");
        assertCuts(selection("..., -2"), "-2 | -1 | 2 | 1 | 2 | ");
    }

    @Test
    void newAxesStandWhereTheyAreInTheResult() {
        assertCuts(selection("null, :, null, 2, null"), "2 | 3 | 1 | 1 | 1 | 0 2 3");
        assertCuts(selection("null, ..., null"), " | | | | | 0 4");
    }

    @Test
    void arraysCountAlongAxesOfTheSlice() {
        NDArray indices = manager.create(new long[] {0, 2});
        Selection behind = selection("1, {}, 2:", indices);
        assertThat(behind.arrays()).hasSize(1);
        assertThat(behind.axes()).containsExactly(0);
        assertCuts(behind, "1 2 | 2 E | 0 2 | 1 1 | 0 | ");
        Selection around = selection("{}, null, :, {}", indices, indices);
        assertThat(around.axes()).containsExactly(0, 3);
        assertThat(around.mask()).isEmpty();
    }

    @Test
    void aFixedMaskIsAnArrayForEachOfItsAxes() {
        NDArray mask = manager.create(new boolean[] {false, false, false, true, false, false})
                .reshape(1, 6);
        Selection selection = Selection.of(tracer, new NDIndex(":, {}", mask), new Shape(4, 1, 6));
        assertThat(selection.axes()).containsExactly(1, 2);
        assertThat(selection.arrays().get(0).real().toLongArray()).containsExactly(0);
        assertThat(selection.arrays().get(1).real().toLongArray()).containsExactly(3);
        NDArray two = manager.create(new boolean[] {false, true, false, false, true, true})
                .reshape(2, 3);
        var places = Selection.places(tracer, two);
        assertThat(places.get(0).real().toLongArray()).containsExactly(0, 1, 1);
        assertThat(places.get(1).real().toLongArray()).containsExactly(1, 1, 2);
        assertThat(Selection.places(tracer, mask(0, 3)))
                .allMatch(along -> along.real().size() == 0);
    }

    @Test
    void aMaskThatDependsOnTheInputCoversAxesOfTheSlice() {
        Selection selection = selection("1, {}", inputMask(5, 6));
        assertThat(selection.mask()).isPresent();
        assertThat(selection.maskedAxis()).isZero();
        Selection behind = selection("null, :, {}, 2:", inputMask(5));
        assertThat(behind.maskedAxis()).isEqualTo(2);
        assertCuts(behind, "2 | E | 2 | 1 | | 0");
        Selection ahead = selection("{}, null, 2:", inputMask(4, 5));
        assertCuts(ahead, "2 | E | 2 | 1 | | 2");
    }

    private void assertRefused(String fault, String index, Object... arrays) {
        assertRefused(() -> selection(index, arrays), fault);
    }

    @Test
    void masksThatDoNotFitAndSeveralPicksAtOnceAreRefused() {
        assertRefused("a mask of shape (3) does not fit axis 1 of an array of shape (4, 5, 6)", ":, {}", mask(3));
        assertRefused("a mask of shape (6, 4) does not fit axis 2", ":, :, {}", mask(6, 4));
        assertRefused(
                () -> Selection.of(tracer, new NDIndex().addBooleanIndex(manager.ones(new Shape(4))), SHAPE),
                "expected a mask of type BOOLEAN, but found float32");
        assertRefused("two masks that depend on the input", "{}, {}", inputMask(4), inputMask(5));
        NDArray places = manager.create(new long[] {0, 1});
        assertRefused("index arrays together with a mask that depends on", "{}, {}", inputMask(4), places);
    }
}
