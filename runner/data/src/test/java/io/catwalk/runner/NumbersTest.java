package io.catwalk.runner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
final class NumbersTest {

    @Test
    void whatIsUnknownIsADashAndDifferencesCarryTheirSign() {
        assertThat(Numbers.percent(null)).isEqualTo("\u2013");
        assertThat(Numbers.percent(Double.NaN)).isEqualTo("\u2013");
        assertThat(Numbers.bytes(null)).isEqualTo("\u2013");
        assertThat(Numbers.duration(Double.POSITIVE_INFINITY)).isEqualTo("\u2013");
        assertThat(Numbers.points(0.0161)).isEqualTo("+1.61");
        assertThat(Numbers.points(-0.0161)).isEqualTo("\u22121.61");
        assertThat(Numbers.points(-0.00001)).isEqualTo("0.00");
    }

    @Test
    void aBoundThatNothingExceedsIsRoundedUp() {
        assertThat(Numbers.atMost(9.5e-6)).isEqualTo("9.5e-06");
        assertThat(Numbers.atMost(9.537e-6f)).isEqualTo("9.6e-06");
        assertThat(Numbers.atMost(0)).isEqualTo("0.0e+00");
        assertThat(Numbers.atMost(null)).isEqualTo("\u2013");
    }

    /** Otherwise a median of 513.6 would lie outside of its own range. */
    @Test
    void wholeNumbersAreRoundedAsTimesAre() {
        assertThat(Numbers.count(513.6)).isEqualTo("514");
        assertThat(Numbers.micros(513.6)).isEqualTo("514 µs");
        assertThat(Numbers.count(1_234_567.4)).isEqualTo("1,234,567");
        assertThat(Numbers.count(9_007_199_254_740_992L)).isEqualTo("9,007,199,254,740,992");
    }

    @Test
    void durationsSizesAndMomentsAreReadAtAGlance() {
        assertThat(Numbers.duration(1.26)).isEqualTo("1.3s");
        assertThat(Numbers.duration(59.6)).isEqualTo("1m 00s");
        assertThat(Numbers.duration(703)).isEqualTo("11m 43s");
        assertThat(Numbers.duration(7_500)).isEqualTo("2h 05m");
        assertThat(Numbers.bytes(512)).isEqualTo("512 B");
        assertThat(Numbers.bytes(1_691_068)).isEqualTo("1.6 MiB");
        assertThat(Numbers.bytes(838_361_088L)).isEqualTo("800 MiB");
        assertThat(Numbers.moment("2026-11-24T17:49:33.536726946Z")).isEqualTo("2026-11-24 17:49:33 UTC");
        assertThat(Numbers.moment("yesterday")).isEqualTo("yesterday");
    }

    @Test
    void aTinyProbabilityIsOnlySaidToBeTiny() {
        assertThat(Numbers.probability(0.00001)).isEqualTo("< 0.0001");
        assertThat(Numbers.probability(0.04999)).isEqualTo("0.0500");
        assertThat(Numbers.p(0.00001)).isEqualTo("< 0.0001");
        assertThat(Numbers.p(0.04999)).isEqualTo("= 0.0500");
    }

    /** From 0.95 on, a probability decides: what is below is not rounded up to it. */
    @ParameterizedTest
    @CsvSource({"0.947, 0.94", "0.9449, 0.94", "0.95, 0.95", "0.9996, > 0.99", "0.0004, < 0.01", "0.5, 0.50"})
    void aProbabilityThatDoesNotDecideIsNotWrittenAsOneThatDoes(double p, String written) {
        assertThat(Numbers.posterior(p)).isEqualTo(written);
    }
}
