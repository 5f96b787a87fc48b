package io.catwalk.runner.latency;

import static io.catwalk.runner.Refusals.illegal;
import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
final class LatencySettingsTest {

    @Test
    void aRunAndATimeFromTheEnvironmentAndAFirstLookHaveTheirTimes() {
        LatencySettings run = LatencySettings.parse(null);

        assertThat(run).isEqualTo(settings(500, 3_000, 9_000, 5)).isEqualTo(LatencySettings.of(Duration.ofSeconds(3)));
        assertThat(LatencySettings.parse(" 60 ")).isEqualTo(settings(10, 60, 180, 1));
        assertThat(run.brief()).isEqualTo(settings(500, 1_500, 4_500, 1));
    }

    private static LatencySettings settings(long window, long each, long all, int processes) {
        return new LatencySettings(
                Duration.ofMillis(window),
                Duration.ofMillis(each),
                Duration.ofMillis(all),
                20,
                3,
                processes,
                Integer.MAX_VALUE);
    }

    /** The tutorial trained for 5 s, and measured for 320. */
    @Test
    void afterTrainingsOfLessThanTenMinutesTheMeasurementIsShort() {
        LatencySettings usual = LatencySettings.parse(null).endingIfBusy();

        assertThat(usual.after(599)).isEqualTo(usual.brief());
        assertThat(usual.after(600)).isEqualTo(usual);
        assertThat(usual.brief().turnsIfBusy()).isEqualTo(2);
    }

    @Test
    void whatIsNoNumberOfMillisecondsIsRefused() {
        for (String wrong : new String[] {"3s", "-1", "1.5", "3000000000", "99999999999"}) {
            refused(() -> LatencySettings.parse(wrong), "CATWALK_LATENCY_MILLIS", wrong);
        }
        illegal(() -> LatencySettings.of(Duration.ofSeconds(3)).withProcesses(0), "0");
    }
}
