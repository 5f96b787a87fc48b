package io.catwalk.onnx.trace;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.catwalk.onnx.graph.Elements;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.runtime.TensorType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A program is completed with missing constants, and placeholders have the type and shape of their array. */
@Tag("tiny")
class VersionCounterTest {

    @Test
    void aProgramTakesTheLongestFormsOfItsConstants() {
        Operand first = new Operand(1, TensorType.INT8, TensorShape.of(2));
        Operand second = new Operand(2, TensorType.INT8, TensorShape.of(2));
        Step.Constant longest = new Step.Constant(first, "table", new byte[2]);
        Step other = new Step.Input(first);
        Program program = new Program(
                List.of(
                        new Step.Prefix(first, "table", Optional.empty()),
                        other,
                        new Step.Prefix(second, "table", Optional.empty())),
                List.of(first),
                List.of(Optional.of("x")));
        Program whole = program.completed(Map.of(1, longest));
        assertThat(whole.steps())
                .containsExactly(
                        new Step.Prefix(first, "table", Optional.of(longest)),
                        other,
                        new Step.Prefix(second, "table", Optional.empty()));
        assertThat(whole.outputs()).containsExactly(first);
        assertThat(whole.names()).containsExactly(Optional.of("x"));
    }

    @Test
    void placeholdersHaveTheirTypeAndShape() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Placeholders placeholders = new Placeholders(manager);
            for (TensorType type : Elements.TYPES) {
                for (Shape shape : new Shape[] {new Shape(), new Shape(2, 3)}) {
                    var array = placeholders.of(type, shape);
                    assertThat(array.getShape()).isEqualTo(shape);
                    assertThat(TapeMerge.elementType(array.getDataType(), "x")).isEqualTo(type);
                }
            }
            assertThat(placeholders.complex(new Shape(3, 2)).getDataType()).isEqualTo(DataType.COMPLEX64);
            assertThat(placeholders.complex(new Shape(3, 2)).getShape()).isEqualTo(new Shape(3));
        }
    }
}
