package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.experiment.Outcomes.Pace;
import io.catwalk.runner.trial.TrialOutcome.Timing;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
final class PaceTest {

    private static Timing timing(double total, int epochs, double perEpoch) {
        return new Timing("2026-11-24T00:00:00Z", total, epochs, epochs, perEpoch, null, null);
    }

    /** One epoch of 2 s after 30 s of loading: ten epochs take 50 s, and not 320. */
    @Test
    void loadingIsPaidOnceAndNotInEachEpoch() {
        assertThat(Pace.of(timing(32, 1, 2)).seconds(10)).isCloseTo(50, within(1e-9));
    }

    @Test
    void theSlowestOfEachPartCounts() {
        Pace pace = Pace.UNKNOWN.most(Pace.of(timing(32, 1, 2))).most(Pace.of(timing(20, 5, 3)));

        assertThat(pace).isEqualTo(new Pace(30, 3));
    }

    @Test
    void nothingIsNegative() {
        assertThat(Pace.of(timing(4, 3, 2))).isEqualTo(new Pace(0, 4.0 / 3));
        assertThat(Pace.of(timing(4, 0, 0))).isEqualTo(new Pace(4, 0));
    }
}
