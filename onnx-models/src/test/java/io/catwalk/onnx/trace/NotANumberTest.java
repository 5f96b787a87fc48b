package io.catwalk.onnx.trace;

import static org.assertj.core.api.Assertions.assertThatCode;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** NaN is found wherever it is, and nothing else is (IEEE 754: all bits of the exponent, and a fraction). */
@Tag("tiny")
class NotANumberTest extends OneTrace {

    private static Entry constant(DataType type, int count, byte... data) {
        return new Entry.Constant(new Slot(0, new Shape(count), type), "weight", data, "block A");
    }

    private static Entry floats(int count, int place, int bits) {
        ByteBuffer data = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(place * Float.BYTES, bits);
        return constant(DataType.FLOAT32, count, data.array());
    }

    private static Entry halves(int count, int place, int bits) {
        ByteBuffer data = ByteBuffer.allocate(count * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.putShort(place * Short.BYTES, (short) bits);
        return constant(DataType.FLOAT16, count, data.array());
    }

    private static void assertRefused(Entry constant, String what) {
        assertRefused(() -> NotANumber.refuse(List.of(floats(1, 0, 0), constant)), what + " holds NaN");
    }

    private static void assertTaken(Entry constant) {
        assertThatCode(() -> NotANumber.refuse(List.of(constant))).doesNotThrowAnyException();
    }

    /** Large arrays are searched in chunks of 4096 numbers. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4094, 4095, 4096, 4097, 8191, 8192, 9999})
    void nanIsFoundAtEveryPlace(int place) {
        assertRefused(floats(10_000, place, 0x7fc0_0000), "weight(10000)");
        assertRefused(halves(10_000, place, 0x7e00), "weight(10000)");
    }

    @Test
    void onlyWhatIsBeyondInfinityIsNan() {
        for (int bits : new int[] {0x7f80_0001, 0x7fff_ffff, 0xff80_0001, 0xffff_ffff}) {
            assertRefused(floats(3, 2, bits), "weight(3)");
        }
        for (int bits : new int[] {0x7f80_0000, 0xff80_0000, 0x7f7f_ffff, 0xff7f_ffff, 0x8000_0000}) {
            assertTaken(floats(3, 2, bits));
        }
        for (int bits : new int[] {0x7c01, 0x7fff, 0xfc01, 0xffff}) {
            assertRefused(halves(3, 1, bits), "weight(3)");
        }
        for (int bits : new int[] {0x7c00, 0xfc00, 0x7bff, 0xfbff, 0x8000}) {
            assertTaken(halves(3, 1, bits));
        }
    }

    @Test
    void wholeNumbersAndDoublesAreTakenWhateverTheirBits() {
        byte[] bits = new byte[16];
        java.util.Arrays.fill(bits, (byte) 0xff);
        assertTaken(constant(DataType.INT32, 4, bits));
        assertTaken(constant(DataType.FLOAT64, 2, bits));
        assertTaken(constant(DataType.FLOAT32, 0));
    }
}
