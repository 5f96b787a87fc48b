package io.catwalk.runner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
class IntervalTest {

    @Test
    void wilsonAgreesWithNewcombe() {
        // Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 3.
        assertThat(Interval.wilson(81, 263, 0.95).low()).isCloseTo(0.2553, within(5e-5));
        assertThat(Interval.wilson(81, 263, 0.95).high()).isCloseTo(0.3662, within(5e-5));
        assertThat(Interval.wilson(1, 29, 0.95).low()).isCloseTo(0.0061, within(5e-5));
        assertThat(Interval.wilson(1, 29, 0.95).high()).isCloseTo(0.1718, within(5e-5));
    }

    @Test
    void boundsBelongToTheInterval() {
        var interval = new Interval(1, 2);

        assertThat(interval.contains(1)).isTrue();
        assertThat(interval.contains(2)).isTrue();
        assertThat(interval.contains(2.1)).isFalse();
        assertThat(interval.contains(Double.NaN)).isFalse();
    }

    @Test
    void wrongBoundsAndCountsAreRefused() {
        assertThatThrownBy(() -> new Interval(2, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Interval(Double.NaN, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Interval.wilson(3, 2, 0.95)).isInstanceOf(IllegalArgumentException.class);
    }
}
