package io.catwalk.runner.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.evaluation.Interval;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
class PairedAccuracyTest {

    /** Approval ratings of Agresti, "Categorical Data Analysis", 10.1.1: 0.04 with an interval of 0.02 to 0.06. */
    @Test
    void theIntervalIsThatOfTheBook() {
        PairedAccuracy ratings = new PairedAccuracy(1600, McNemar.of(150, 86));
        Interval interval = ratings.interval(0.95);

        assertThat(ratings.lost()).isCloseTo(0.04, within(1e-12));
        assertThat(interval.low()).isCloseTo(0.02, within(0.005));
        assertThat(interval.high()).isCloseTo(0.06, within(0.005));
        // The formula of Agresti and Min, computed in Python.
        assertThat(interval.low()).isCloseTo(0.0212171891179726, within(1e-9));
        assertThat(interval.high()).isCloseTo(0.0586829357259725, within(1e-9));
    }

    @Test
    void modelsThatNeverDifferMayDifferElsewhere() {
        PairedAccuracy same = PairedAccuracy.of(new boolean[100], new boolean[100]);

        assertThat(same.lost()).isZero();
        assertThat(same.interval(0.95).high()).isCloseTo(0.0192153331817652, within(1e-9));
        assertThat(same.interval(0.95).low()).isEqualTo(-same.interval(0.95).high());
    }

    @Test
    void aSecondModelThatIsBetterLosesLessThanNothing() {
        assertThat(PairedAccuracy.of(new boolean[] {false, true}, new boolean[] {true, true})
                        .lost())
                .isEqualTo(-0.5);
    }

    @Test
    void noImagesCompareNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PairedAccuracy.of(new boolean[0], new boolean[0]))
                .withMessageContaining("at least 1 image");
    }
}
