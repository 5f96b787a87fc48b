package io.catwalk.onnx.lowering;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.ElementType;
import io.catwalk.onnx.graph.Initializer;
import io.catwalk.onnx.graph.Names;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each constant is in the file once, with the bytes of its type. */
@Tag("tiny")
class FixedValuesTest {

    private static final TensorShape TWO = TensorShape.of(2);

    private final FixedValues fixed = new FixedValues(new Names("x"));

    /** IEEE 754 and two's complement, little endian. */
    @ParameterizedTest
    @CsvSource({
        "FLOAT16, 1.5, 003e",
        "FLOAT16, 2049, 0068",
        "FLOAT, 1.5, 0000c03f",
        "DOUBLE, 1.5, 000000000000f83f",
        "INT64, -2, feffffffffffffff",
        "INT32, -2, feffffff",
        "INT8, -2, fe",
        "UINT8, 254, fe",
        "BOOL, 0, 00",
        "BOOL, 7, 01",
        "BOOL, 0.5, 01"
    })
    void aNumberHasTheBytesOfItsType(ElementType type, double number, String bytes) {
        Value value = fixed.scalar(type, number);
        assertThat(value.type()).isEqualTo(type);
        assertThat(value.rank()).isZero();
        assertThat(fixed.initializer(value).orElseThrow().data())
                .isEqualTo(HexFormat.of().parseHex(bytes));
    }

    @Test
    void aWholeNumberKeepsAllItsDigits() {
        long large = (1L << 53) + 1;
        Value value = fixed.scalar(ElementType.INT64, large);
        assertThat(fixed.initializer(value).orElseThrow().data()).isEqualTo(Initializer.bytes(large));
        assertThat(value.contents()).containsExactly(Dim.of(large));
        assertThat(fixed.scalar(ElementType.FLOAT, 1).contents()).isNull();
    }

    @Test
    void equalNumbersAreShared() {
        assertThat(fixed.scalar(ElementType.FLOAT, 1)).isEqualTo(fixed.scalar(ElementType.FLOAT, 1.0));
        assertThat(fixed.scalar(ElementType.FLOAT, 1)).isNotEqualTo(fixed.scalar(ElementType.FLOAT, 2));
        assertThat(fixed.scalar(ElementType.INT32, 1)).isNotEqualTo(fixed.scalar(ElementType.FLOAT, 1));
        assertThat(fixed.ints(1, 2)).isEqualTo(fixed.ints(1, 2)).isNotEqualTo(fixed.ints(2, 1));
        assertThat(fixed.ints(1, 2).contents()).containsExactly(Dim.of(1), Dim.of(2));
        assertThat(fixed.initializer(fixed.ints(1, 2)).orElseThrow().data()).isEqualTo(Initializer.bytes(1L, 2L));
    }

    @Test
    void aTensorIsSharedByItsNameAndItsContent() {
        Value first = fixed.constant("weight", ElementType.INT8, TWO, new byte[] {1, 2});
        assertThat(fixed.constant("weight", ElementType.INT8, TWO, new byte[] {1, 2}))
                .isEqualTo(first);
        assertThat(fixed.constant("weight", ElementType.INT8, TWO, new byte[] {1, 3}))
                .isNotEqualTo(first);
        assertThat(fixed.constant("other", ElementType.INT8, TWO, new byte[] {1, 2}))
                .isNotEqualTo(first);
        assertThat(fixed.initializers()).hasSize(3);
    }

    @Test
    void anotherLayoutIsMadeOncePerLayoutAndSource() {
        Value first = fixed.constant("first", ElementType.INT8, TWO, new byte[] {1, 2});
        Value second = fixed.constant("second", ElementType.INT8, TWO, new byte[] {3, 4});
        Value turned = fixed.laidAnew("turned", List.of(first), TWO, () -> new byte[] {2, 1});
        assertThat(turned.name()).isEqualTo("first.turned");
        assertThat(turned.type()).isEqualTo(ElementType.INT8);
        assertThat(fixed.initializer(turned).orElseThrow().data()).containsExactly(2, 1);
        assertThat(fixed.laidAnew("turned", List.of(first), TWO, () -> new byte[2]))
                .isEqualTo(turned);
        assertThat(fixed.laidAnew("row", List.of(first), TWO, () -> new byte[2]))
                .isNotEqualTo(turned);
        assertThat(fixed.laidAnew("turned", List.of(second), TWO, () -> new byte[2]))
                .isNotEqualTo(turned);
    }
}
