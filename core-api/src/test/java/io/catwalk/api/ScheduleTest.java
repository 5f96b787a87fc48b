package io.catwalk.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
class ScheduleTest {

    private static final double EXACT = 1e-12;

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 1})
    void aConstantStaysAtThePeak(double progress) {
        assertThat(Schedule.constant().at(progress)).isEqualTo(1);
    }

    // cos 0 = 1, cos 60° = 1/2, cos 90° = 0, cos 120° = -1/2, cos 180° = -1
    @ParameterizedTest
    @CsvSource({"0, 1", "0.33333333333333333, 0.75", "0.5, 0.5", "0.66666666666666667, 0.25", "1, 0"})
    void aCosineFallsFromThePeakToNothing(double progress, double share) {
        assertThat(Schedule.cosine().at(progress)).isCloseTo(share, within(EXACT));
    }

    // From 1/25 in a straight line to 1 at 0.2, then the same cosine over the other 0.8.
    @ParameterizedTest
    @CsvSource({"0, 0.04", "0.05, 0.28", "0.1, 0.52", "0.2, 1", "0.6, 0.5", "1, 0"})
    void oneCycleRisesAndFalls(double progress, double share) {
        assertThat(Schedule.oneCycle(0.2).at(progress)).isCloseTo(share, within(EXACT));
    }

    @Test
    void oneCycleRisesUntilItsWarmUpIsOverAndFallsFromThenOn() {
        Schedule schedule = Schedule.oneCycle(0.3);
        for (int step = 0; step < 1000; step++) {
            double change = schedule.at((step + 1) / 1000.0) - schedule.at(step / 1000.0);
            assertThat(Math.signum(change)).as("step %d", step).isEqualTo(step < 300 ? 1 : -1);
        }
    }

    @Test
    void oneCycleWithoutWarmUpIsACosine() {
        for (double progress : new double[] {0, 0.25, 0.5, 1}) {
            assertThat(Schedule.oneCycle(0).at(progress))
                    .isEqualTo(Schedule.cosine().at(progress));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, Double.NaN})
    void aWarmUpOutOfRangeIsRefused(double warmUp) {
        assertThatThrownBy(() -> Schedule.oneCycle(warmUp))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("warmUp must be 0 or above and below 1, but is " + warmUp);
    }
}
