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
    void threeTenthsOfATimeWarmUpAndASlowNetworkGetsTwiceAsLong() {
        LatencySettings usual = LatencySettings.parse(null);

        assertThat(usual)
                .isEqualTo(new LatencySettings(
                        Duration.ofMillis(300), Duration.ofMillis(700), Duration.ofSeconds(6), 20, 3))
                .isEqualTo(LatencySettings.parse(" 3000 "))
                .isEqualTo(LatencySettings.of(Duration.ofSeconds(3)));
    }

    @Test
    void whatIsNoNumberOfMillisecondsIsRefused() {
        for (String wrong : new String[] {"3s", "-1", "1.5", "99999999999"}) {
            assertThatThrownBy(() -> LatencySettings.parse(wrong))
                    .isInstanceOf(RequestException.class)
                    .hasMessage(
                            "CATWALK_LATENCY_MILLIS must be a number of milliseconds, such as 3000, but is " + wrong);
        }
    }
}
