package io.catwalk.runner.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.runner.RequestException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
final class LatencySettingsTest {

    @Test
    void aRunMeasuresInFiveProcessesWithTwoWindowsOfHalfASecondAtEachOfThreeBatchSizes() {
        assertThat(LatencySettings.parse(null))
                .isEqualTo(new LatencySettings(
                        Duration.ofMillis(500), Duration.ofSeconds(3), Duration.ofSeconds(9), 20, 3, 5))
                .isEqualTo(LatencySettings.of(Duration.ofSeconds(3)));
    }

    @Test
    void aTimeFromTheEnvironmentIsThatOfOneProcess() {
        assertThat(LatencySettings.parse(" 60 "))
                .isEqualTo(new LatencySettings(
                        Duration.ofMillis(10), Duration.ofMillis(60), Duration.ofMillis(180), 20, 3, 1));
    }

    @Test
    void aFirstLookTakesOneProcessAndAtMostFourAndAHalfSeconds() {
        assertThat(LatencySettings.parse(null).brief())
                .isEqualTo(new LatencySettings(
                        Duration.ofMillis(500), Duration.ofMillis(1_500), Duration.ofMillis(4_500), 20, 3, 1));
    }

    /** The tutorial trained for 5 s, and measured for 320. */
    @Test
    void afterATrainingOfSecondsTheMeasurementIsShort() {
        LatencySettings usual = LatencySettings.parse(null).endingIfBusy();

        assertThat(usual.after(5)).isEqualTo(usual.brief());
        assertThat(usual.after(60)).isEqualTo(usual);
        assertThat(usual.brief().turnsIfBusy()).isEqualTo(2);
    }

    @Test
    void noProcessMeasuresNothing() {
        assertThatThrownBy(() -> LatencySettings.of(Duration.ofSeconds(3)).withProcesses(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("but found 20, 3 and 0");
    }

    @Test
    void whatIsNoNumberOfMillisecondsIsRefused() {
        for (String wrong : new String[] {"3s", "-1", "1.5", "3000000000", "99999999999"}) {
            assertThatThrownBy(() -> LatencySettings.parse(wrong))
                    .isInstanceOf(RequestException.class)
                    .hasMessage(
                            "CATWALK_LATENCY_MILLIS must be a number of milliseconds, such as 3000, but is " + wrong);
        }
    }
}
