package io.catwalk.onnx.lowering;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.graph.ElementType;
import io.catwalk.onnx.graph.Names;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights are laid out anew element by element. */
@Tag("tiny")
class WeightsTest {

    /** Below, at and beyond the squares in which matrices are worked on. */
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
        Emitter to = new Emitter(17, new Names(), List.of());
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
