package io.catwalk.onnx.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.runtime.TensorType;
import io.catwalk.onnx.trace.Replay.Contents;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The content of a constant at any size, by hand: rows one after the other, little endian. */
@Tag("tiny")
class ContentsTest {

    private static final Dim BATCH = Dim.BATCH;
    private static final Dim TIME = Dim.axis("time");
    private static final Sizes SIZES = new Sizes(Map.of("batch", 2L, "time", 3L));

    private static final int[] LONGEST = {
        0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17, 20, 21, 22, 23, 24, 25, 26, 27
    };

    private static Operand operand(TensorType type, Dim... sizes) {
        return new Operand(5, type, new TensorShape(List.of(sizes)));
    }

    private static Step.Constant constant(TensorShape shape, int... bytes) {
        byte[] data = new byte[bytes.length];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) bytes[i];
        }
        return new Step.Constant(new Operand(5, TensorType.INT8, shape), "c", data);
    }

    private static Step.Repeated repeated(Step.Constant slice, Dim... sizes) {
        return new Step.Repeated(operand(TensorType.INT8, sizes), slice);
    }

    private static Step.Prefix prefix(Step.Constant longest, Dim... sizes) {
        return new Step.Prefix(operand(TensorType.INT8, sizes), "c", Optional.of(longest));
    }

    @Test
    void constantsSlicesAndNumbersFollowTheSizes() {
        Step.Given first = repeated(constant(TensorShape.of(1, 3), 1, 2, 3), BATCH, Dim.of(3));
        assertThat(Contents.at(first, SIZES)).containsExactly(1, 2, 3, 1, 2, 3);
        Step.Given last = repeated(constant(TensorShape.of(3, 1), 1, 2, 3), Dim.of(3), BATCH);
        assertThat(Contents.at(last, SIZES)).containsExactly(1, 1, 2, 2, 3, 3);
        Step.Given around = repeated(constant(TensorShape.of(1, 2, 1), 1, 2), BATCH, Dim.of(2), TIME);
        assertThat(Contents.at(around, SIZES)).containsExactly(1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2);
        assertThat(Contents.at(constant(TensorShape.of(3), 1, 2, 3), SIZES)).containsExactly(1, 2, 3);
        Step.Given counted = new Step.Counted(operand(TensorType.INT32), BATCH.times(TIME));
        assertThat(Contents.at(counted, SIZES)).containsExactly(6, 0, 0, 0);
        Step.Given none = repeated(constant(TensorShape.of(1, 0)), BATCH, Dim.of(0));
        assertThat(Contents.at(none, SIZES)).isEmpty();
    }

    @Test
    void theBeginningOfTheLongestIsCutAlongEachAxis() {
        Step.Constant longest = constant(TensorShape.of(3, 2, 4), LONGEST);
        assertThat(Contents.at(prefix(longest, BATCH, Dim.of(2), TIME), SIZES))
                .containsExactly(0, 1, 2, 4, 5, 6, 10, 11, 12, 14, 15, 16);
        assertThat(Contents.at(prefix(longest, TIME, Dim.of(2), Dim.of(4)), SIZES))
                .isEqualTo(longest.data());
    }

    /** -2, 1 and 4 in each type: IEEE 754 for reals, two's complement for whole numbers. */
    @ParameterizedTest
    @CsvSource({
        "FLOAT16, 00c0 003c 0044",
        "FLOAT, 000000c0 0000803f 00008040",
        "DOUBLE, 00000000000000c0 000000000000f03f 0000000000001040",
        "INT64, feffffffffffffff 0100000000000000 0400000000000000",
        "INT32, feffffff 01000000 04000000",
        "INT8, fe 01 04",
        "UINT8, fe 01 04"
    })
    void numbersThatAreEquallyFarApartAreCounted(TensorType type, String bytes) {
        Step.Given step = new Step.Counting(operand(type, TIME), BATCH.times(Dim.of(-1)), TIME);
        assertThat(Contents.at(step, SIZES)).isEqualTo(HexFormat.of().parseHex(bytes.replace(" ", "")));
        // 2048, 2050 and 2052: halves above 2048 are even, and ties go to the multiple of 4.
        Step.Given halves = new Step.Counting(operand(TensorType.FLOAT16, TIME), Dim.of(2_049), Dim.of(1));
        assertThat(Contents.at(halves, SIZES)).isEqualTo(HexFormat.of().parseHex("006801680268"));
    }
}
