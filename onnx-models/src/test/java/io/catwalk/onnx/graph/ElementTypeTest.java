package io.catwalk.onnx.graph;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.platform.Fp16Conversions;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Numbers are rounded to FLOAT16 as by ONNX Runtime. */
@Tag("tiny")
class ElementTypeTest {

    @Test
    void everyNumberOfFloat16StaysAndTiesGoToTheEvenOne() {
        for (int half = 0; half < 0x7C00; half++) {
            float number = Fp16Conversions.fp16ToFloat((short) half);
            // The next number after the largest would be 65,536.
            float next = half == 0x7BFF ? 65_536 : Fp16Conversions.fp16ToFloat((short) (half + 1));
            float tie = (number + next) / 2;
            for (float each : new float[] {number, Math.nextUp(number), Math.nextDown(tie), tie, Math.nextUp(tie)}) {
                assertHalf(each);
                assertHalf(-each);
            }
        }
    }

    @Test
    void anyBitsAreRoundedAsByOnnxRuntime() {
        Random random = new Random(7);
        for (int i = 0; i < 1_000_000; i++) {
            float number = Float.intBitsToFloat(random.nextInt());
            if (!Float.isNaN(number)) {
                assertHalf(number);
            }
        }
        assertHalf(Float.POSITIVE_INFINITY);
        assertHalf(Float.NEGATIVE_INFINITY);
        assertThat(Fp16Conversions.fp16ToFloat(ElementType.half(Float.NaN))).isNaN();
    }

    private static void assertHalf(float number) {
        short expected = Fp16Conversions.floatToFp16(number);
        short found = ElementType.half(number);
        if (found != expected) { // an assertion for each would take minutes
            assertThat(found).as("%s", number).isEqualTo(expected);
        }
    }
}
