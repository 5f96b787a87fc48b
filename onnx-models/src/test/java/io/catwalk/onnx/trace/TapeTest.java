package io.catwalk.onnx.trace;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.graph.Dim;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A tape holds what was done, in order, and the content of constants at the time they were recorded. */
@Tag("tiny")
class TapeTest extends OneTrace {

    private static final byte[] ONE_AND_TWO = {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, 0x40};

    private final Tape tape = new Tape(Optional.empty(), succession);

    private NDArray oneAndTwo() {
        return manager.create(new float[] {1, 2});
    }

    @Test
    void whatIsDoneIsHeldInOrderAndArraysAreNumbered() {
        Slot input = tape.input(manager.ones(new Shape(3, 2)));
        Slot constant = tape.constant("halves", oneAndTwo(), () -> "block A", place -> List.of());
        List<Slot> made = tape.operation(
                "NDArray.split(long, int)",
                List.of(input, constant),
                List.of(manager.ones(new Shape(1, 2)), manager.ones(new Shape(2, 2), DataType.INT32)),
                () -> "block B");

        assertThat(input).isEqualTo(slot(0, 3, 2));
        assertThat(constant).isEqualTo(slot(1, 2));
        assertThat(made).containsExactly(slot(2, 1, 2), new Slot(3, new Shape(2, 2), DataType.INT32));
        assertThat(tape.entries()).hasSize(3);
        assertThat(tape.entries().get(0)).isEqualTo(new Entry.Input(input));
        assertThat(tape.entries().get(1)).isInstanceOfSatisfying(Entry.Constant.class, taken -> {
            assertThat(taken.slot()).isEqualTo(constant);
            assertThat(taken.hint()).isEqualTo("halves");
            assertThat(taken.data()).isEqualTo(ONE_AND_TWO);
            assertThat(taken.origin()).isEqualTo("block A");
        });
        assertThat(tape.entries().get(2))
                .isEqualTo(new Entry.Operation("NDArray.split(long, int)", List.of(input, constant), made, "block B"));
    }

    @Test
    void anArrayWasMadeWhereTheCallThatReturnsItStands() {
        Slot input = tape.input(oneAndTwo());
        Slot first = tape.operation("NDArray.neg()", List.of(input), List.of(oneAndTwo()), () -> "block A")
                .get(0);
        Slot second = tape.operation("NDArray.abs()", List.of(first), List.of(oneAndTwo()), () -> "block B")
                .get(0);

        assertThat(tape.origin(first)).isEqualTo("block A");
        assertThat(tape.origin(second)).isEqualTo("block B");
        assertThat(tape.origin(input)).isEqualTo("outside of forward");
    }

    @Test
    void aConstantAndAParameterHoldWhatTheyHeldUntilItIsWritten() {
        NDArray array = oneAndTwo();
        Slot slot = tape.constant("halves", array, () -> "", place -> List.of());
        assertThat(tape.stillHolds(slot, "halves", array)).isTrue();
        Slot parameter = tape.parameter("weight", "1", array, () -> "");
        assertThat(tape.stillHolds(parameter, "weight", array)).isTrue();
        array.addi(1);
        assertThat(tape.stillHolds(slot, "halves", array)).isFalse();
        assertThat(tape.stillHolds(parameter, "weight", array)).isFalse();
        assertThat(succession.changedWeight()).contains("weight");
    }

    @Test
    void elementsAreReadRowByRowThoughTheyDoNotLieSo() {
        NDArray columns =
                manager.create(new float[] {1, 0, 2, 0}, new Shape(2, 2)).transpose();
        assertThat(Tape.data("columns", columns.get("0"))).isEqualTo(ONE_AND_TWO);
        assertThat(Tape.holds("columns", columns.get("0"), ONE_AND_TWO)).isTrue();
        assertThat(Tape.holds("columns", columns.get("1"), ONE_AND_TWO)).isFalse();
        assertThat(Tape.data("nothing", manager.zeros(new Shape(0, 3)))).isEmpty();
    }

    @Test
    void readingLeavesNoArrayBehind() {
        NDArray column =
                manager.create(new float[] {1, 2, 3, 4}, new Shape(2, 2)).get(":, 0");
        int before = manager.getManagedArrays().size();
        assertThat(Tape.data("column", column)).hasSize(8); // the engine copies elements that are not contiguous
        assertThat(manager.getManagedArrays()).hasSize(before);
    }

    /** The elements of a broadcast array take no memory here, and two billion of them would in a file. */
    @Test
    void anArrayThatNoFileHoldsIsRefused() {
        NDArray large = manager.zeros(new Shape(), DataType.INT64).broadcast(new Shape(1 << 14, 1 << 14));
        assertRefused(
                () -> tape.constant("table", large, () -> "", place -> List.of()),
                "the constant table(16384, 16384) takes 2.1 GB");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRehearsalHoldsNothing(boolean trustsParameters) {
        Operand input = floats(0, Dim.of(2));
        Operand weight = floats(1, Dim.of(2));
        List<Operand> result = List.of(floats(2, Dim.of(2)));
        Step constant = new Step.Constant(weight, "weight", ONE_AND_TWO);
        Step call = new Step.Call(new Arguments("NDArray.mul(NDArray)", List.of(input, weight), "block A"), result);
        Program program = new Program(List.of(new Step.Input(input), constant, call), result, List.of());
        Sizes sizes = new Sizes(Map.of());
        Replay rehearsal = new Replay(program, sizes, sizes, Replay.Mode.DRY, trustsParameters, ExportException::new);
        Tape compared = new Tape(Optional.of(rehearsal), succession);

        Slot first = compared.input(oneAndTwo());
        Slot second = compared.parameter("weight", "1", oneAndTwo(), () -> "");
        rehearsal.call("NDArray.mul(NDArray)", List.of(first, second));
        Slot made = compared.operation("NDArray.mul(NDArray)", List.of(first, second), List.of(oneAndTwo()), () -> "")
                .get(0);
        rehearsal.end(List.of(made));

        assertThat(compared.entries()).isEmpty();
        assertThat(compared.trustsParameters()).isEqualTo(trustsParameters);
        assertThat(tape.trustsParameters()).isFalse();
    }
}
