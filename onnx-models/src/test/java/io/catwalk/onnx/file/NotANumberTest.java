package io.catwalk.onnx.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.runtime.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** NaN is found wherever it is, and nothing else is (IEEE 754: all bits of the exponent, and a fraction). */
@Tag("tiny")
class NotANumberTest {

    @ParameterizedTest
    @CsvSource({
        "FLOAT16, 7c01 7fff fc01 ffff, 7c00 fc00 7bff fbff 8000 0000",
        "BFLOAT16, 7f81 7fff ff81 ffff, 7f80 ff80 7f7f ff7f 8000 0000",
        "FLOAT, 7f800001 7fffffff ff800001 ffffffff, 7f800000 ff800000 7f7fffff ff7fffff 80000000 00000000",
        "DOUBLE, 7ff0000000000001 7fffffffffffffff fff0000000000001 ffffffffffffffff,"
                + " 7ff0000000000000 fff0000000000000 7fefffffffffffff 8000000000000000 0000000000000000"
    })
    void onlyWhatIsBeyondInfinityIsNan(TensorType type, String nan, String numbers) {
        for (String bits : nan.split(" ", -1)) {
            assertThat(OnnxWeights.isNan(type, HexFormat.fromHexDigitsToLong(bits)))
                    .as(bits)
                    .isTrue();
        }
        for (String bits : numbers.split(" ", -1)) {
            assertThat(OnnxWeights.isNan(type, HexFormat.fromHexDigitsToLong(bits)))
                    .as(bits)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "BFLOAT16", "FLOAT", "DOUBLE"})
    void nanIsFoundAtEveryPlace(TensorType type) {
        int bytes = type.bytes();
        assertThat(OnnxWeights.isNanIn(type, ByteBuffer.allocate(100 * bytes))).isFalse();
        for (int place = 0; place < 100; place++) {
            ByteBuffer data = ByteBuffer.allocate(100 * bytes + 1);
            for (int i = 0; i < bytes; i++) {
                data.put(place * bytes + i, (byte) -1);
            }
            assertThat(OnnxWeights.isNanIn(type, data)).isTrue();
            assertThat(data.position()).isZero();
        }
    }

    @Test
    void numbersAreLittleEndianFromThePositionToTheLimit() {
        ByteBuffer data = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(0, 0x7fc0_0000).putInt(8, 0x7fc0_0000);
        assertThat(OnnxWeights.isNanIn(TensorType.FLOAT, data.position(4).limit(8)))
                .isFalse();
        assertThat(OnnxWeights.isNanIn(TensorType.FLOAT, data.limit(12))).isTrue();
    }
}
