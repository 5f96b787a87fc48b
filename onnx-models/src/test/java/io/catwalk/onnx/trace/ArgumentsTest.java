package io.catwalk.onnx.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.runtime.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A row reads its arguments; an argument that it cannot use is refused with the call and its place. */
@Tag("tiny")
class ArgumentsTest {

    private static final Operand ARRAY = new Operand(3, TensorType.FLOAT, TensorShape.of(2));
    private static final Operand OTHER = new Operand(4, TensorType.FLOAT, TensorShape.of(2));

    private static Arguments call(@Nullable Object... values) {
        return new Arguments("NDArray.f(Number)", Arrays.asList(values), "block A");
    }

    private static void assertRefused(ThrowingCallable reading, String fault) {
        assertThatThrownBy(reading)
                .isInstanceOf(ExportException.class)
                .hasMessage("NDArray.f(Number) " + fault + " (block A)");
    }

    @Test
    void arraysAreReadOneByOneAndInListsAndNullOnlyWhereItMayBe() {
        Arguments call = call(ARRAY, null, List.of(ARRAY, OTHER));
        assertThat(call.operand(0)).isEqualTo(ARRAY);
        assertThat(call.optionalOperand(0)).contains(ARRAY);
        assertThat(call.optionalOperand(1)).isEmpty();
        assertThat(call.operands(2)).containsExactly(ARRAY, OTHER);
        assertRefused(() -> call.operand(1), "needs an array as argument 1");
        assertThat(call(ARRAY, 5).value(1)).isEqualTo(5);
        assertRefused(() -> call.value(1), "does not allow null as argument 1");
        assertRefused(() -> call.integer(1), "does not allow null as argument 1");
    }

    @Test
    void numbersAreReadFromEachOfTheirForms() {
        for (Object form : new Object[] {new Shape(4, 5), new long[] {4, 5}, new int[] {4, 5}}) {
            assertThat(call(form).dims(0)).containsExactly(Dim.of(4), Dim.of(5));
            assertThat(call(form).numbers(0)).containsExactly(4, 5);
        }
        assertThat(call(List.of(Dim.BATCH, Dim.of(5))).dims(0)).containsExactly(Dim.BATCH, Dim.of(5));
        assertThat(call(7).integer(0)).isEqualTo(7);
        assertThat(call(-7L).integer(0)).isEqualTo(-7);
        assertThat(call(Dim.of(7)).integer(0)).isEqualTo(7);
        assertThat(call(0.5f).get(0, Float.class)).isEqualTo(0.5f);
        assertThat(call(DataType.INT8).get(0, DataType.class)).isEqualTo(DataType.INT8);
    }

    @Test
    void aNumberThatDependsOnTheBatchIsRefusedWhereItMustBeFixed() {
        String fault =
                "takes a number that depends on a dynamic axis (batch), which its ONNX form cannot: give the axis"
                        + " one size (Axis.of(n), withFixedSize), or a number that does not depend on it";
        assertRefused(() -> call(Dim.BATCH).integer(0), fault);
        assertRefused(() -> call(Dim.BATCH).get(0, Float.class), fault);
        assertRefused(() -> call(List.of(Dim.of(1), Dim.BATCH)).numbers(0), fault);
    }

    @Test
    void whatIsGivenIsCopiedAndAnErrorHasItsCause() {
        List<@Nullable Object> given = new ArrayList<>(List.of(ARRAY));
        Arguments call = new Arguments("NDArray.f()", given, "");
        given.clear();
        assertThat(call.values()).containsExactly(ARRAY);
        Exception cause = new IllegalStateException();
        assertThat(call.error("fails", cause))
                .hasMessageStartingWith("NDArray.f() fails")
                .hasCause(cause);
    }
}
