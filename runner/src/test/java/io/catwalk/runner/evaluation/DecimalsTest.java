package io.catwalk.runner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
final class DecimalsTest {

    @Test
    void everyFloatComesBack() {
        Random random = new Random(3);
        for (int i = 0; i < 200_000; i++) {
            float any = Float.intBitsToFloat(random.nextInt());
            if (Float.isFinite(any)) {
                assertSame(Float.toString(any));
            }
        }
    }

    @Test
    void decimalsAtAndBesideTheMiddleOfTwoFloatsAreRoundedOnce() {
        Random random = new Random(4);
        for (int i = 0; i < 20_000; i++) {
            float low = (float) Math.scalb(1 + random.nextDouble(), random.nextInt(40) - 20);
            BigDecimal middle =
                    new BigDecimal(low).add(new BigDecimal(Math.nextUp(low))).divide(BigDecimal.valueOf(2));
            BigDecimal little = new BigDecimal(low).scaleByPowerOfTen(-14);
            assertSame(middle.toPlainString());
            assertSame(middle.add(little).toPlainString());
            assertSame(middle.subtract(little).toPlainString());
            assertSame(middle.round(new java.math.MathContext(15)).toString());
        }
    }

    static Stream<String> rare() {
        String rare = "0,-0,-0.0,1.,.5,1e5,1E-5,3.4028235E38,3.4028236E38,3.5E38,1.4E-45,1.17549435E-38,7e-46,"
                + "12345678901234567890,0.00000000000000000000000000001,1E400,-1E-400,16777217,16777219,"
                + "9007199791611905,NaN,Infinity,-Infinity,+1, 1,0x1p3,1f";
        return Stream.of(rare.split(","));
    }

    @ParameterizedTest
    @MethodSource("rare")
    void rareNumbersAreThoseOfTheLibrary(String text) {
        assertSame(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", ".", "E5", "1E", "1E-", "1-2", "1.2.3", "x", "1,5", "--1", "1E5.0"})
    void whatIsNoNumberIsNaN(String text) {
        assertThat(Decimals.parse(text.getBytes(StandardCharsets.US_ASCII), 0, text.length()))
                .isNaN();
    }

    /** Compares the bits, since -0.0 equals 0.0. */
    private static void assertSame(String text) {
        byte[] line = ("7," + text + ",8").getBytes(StandardCharsets.US_ASCII);
        assertThat(Float.floatToIntBits(Decimals.parse(line, 2, 2 + text.length())))
                .as(text)
                .isEqualTo(Float.floatToIntBits(Float.parseFloat(text)));
    }
}
