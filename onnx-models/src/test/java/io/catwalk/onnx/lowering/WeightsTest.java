package io.catwalk.onnx.lowering;

import static io.catwalk.onnx.Refusals.exportRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.graph.ElementType;
import io.catwalk.onnx.graph.Names;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights are rearranged element by element. */
@Tag("tiny")
class WeightsTest {

    private final Emitter to = new Emitter(17, new Names("x"), List.of());

    @Test
    void aMatrixThatIsComputedIsTransposedByANode() {
        Value matrix = Value.of("x", ElementType.FLOAT, TensorShape.of(2, 3));
        Value turned = Weights.transposed(to, matrix);
        assertThat(turned.shape()).isEqualTo(TensorShape.of(3, 2));
        assertThat(to.maker(turned).orElseThrow().operator()).isEqualTo("Transpose");
    }

    @Test
    void aVectorBecomesAMatrixOfOneRow() {
        Value fixed = Weights.row(to, to.floats("bias", TensorShape.of(3), 1, 2, 3));
        assertThat(fixed.shape()).isEqualTo(TensorShape.of(1, 3));
        assertThat(to.initializer(fixed).orElseThrow().floats()).containsExactly(1, 2, 3);
        assertThat(to.nodes()).isEmpty();
        Value computed = Weights.row(to, Value.of("x", ElementType.FLOAT, TensorShape.of(3)));
        assertThat(computed.shape()).isEqualTo(TensorShape.of(1, 3));
        assertThat(to.maker(computed).orElseThrow().operator()).isEqualTo("Unsqueeze");
    }

    /** Two gates of one row each: both directions have their gates swapped, and follow each other. */
    @Test
    void gatesAreOrderedForEachDirection() {
        Value forward = to.floats("forward", TensorShape.of(2, 2), 1, 2, 3, 4);
        Value backward = to.floats("backward", TensorShape.of(2, 2), 5, 6, 7, 8);
        Value ordered = Weights.ordered(to, List.of(forward, backward), List.of(1, 0), TensorShape.of(2, 2, 2));
        assertThat(to.initializer(ordered).orElseThrow().floats()).containsExactly(3, 4, 1, 2, 7, 8, 5, 6);
        Value computed = Value.of("x", ElementType.FLOAT, TensorShape.of(2, 2));
        exportRefused(() -> Weights.ordered(to, List.of(computed), List.of(0), TensorShape.of(1, 2, 2)))
                .contains("the weights of a recurrent layer must not depend on the input: x");
    }

    /** Sizes below, at and above that of the squares in which matrices are transposed. */
    @ParameterizedTest
    @CsvSource({
        "FLOAT, 1, 1",
        "FLOAT, 32, 64",
        "FLOAT, 31, 33",
        "FLOAT, 70, 3",
        "FLOAT, 3, 70",
        "DOUBLE, 33, 65",
        "FLOAT16, 65, 33",
        "INT8, 33, 34"
    })
    void elementAtRowAndColumnComesToColumnAndRow(ElementType type, int rows, int columns) {
        int size = type.bytes();
        byte[] matrix = new byte[rows * columns * size];
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = (byte) (i * 31 + i / 256);
        }
        Value turned = Weights.transposed(to, to.constant("matrix", type, TensorShape.of(rows, columns), matrix));

        assertThat(turned.shape()).isEqualTo(TensorShape.of(columns, rows));
        byte[] data = to.initializer(turned).orElseThrow().data();
        assertThat(data).hasSameSizeAs(matrix);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                for (int part = 0; part < size; part++) {
                    assertThat(data[(column * rows + row) * size + part])
                            .isEqualTo(matrix[(row * columns + column) * size + part]);
                }
            }
        }
    }
}
