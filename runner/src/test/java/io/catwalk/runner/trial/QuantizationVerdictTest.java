package io.catwalk.runner.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.statistics.McNemar;
import io.catwalk.runner.statistics.PairedAccuracy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
class QuantizationVerdictTest {

    private static final QuantizationGate GATE = new QuantizationGate(0.2, 1.05);

    private static QuantizationVerdict verdict(double speedup, int onlyFloat, int onlyInt8, QuantizationGate gate) {
        return new QuantizationVerdict(
                speedup, 1, 3.62, new PairedAccuracy(10_000, McNemar.of(onlyFloat, onlyInt8)), gate);
    }

    @Test
    void aFastAndAccurateFileShips() {
        QuantizationVerdict verdict = verdict(1.87, 17, 9, GATE);

        assertThat(verdict.ships()).isTrue();
        assertThat(verdict.words())
                .isEqualTo(
                        "int8 is 1.9 times faster, 3.6 times smaller, 0.08 points less accurate (95 % interval -0.02 to"
                                + " 0.19; McNemar p 0.169): ship it");
    }

    @Test
    void aFileThatIsNotFasterDoesNotShip() {
        assertThat(verdict(0.75, 5, 5, GATE).ships()).isFalse();
        assertThat(verdict(0.75, 5, 5, GATE).words())
                .startsWith("int8 is 1.3 times slower, ")
                .endsWith(": not faster here: ship the float file");
        assertThat(verdict(1.02, 5, 5, GATE).words())
                .startsWith("int8 is as fast, ")
                .endsWith("ship the float file");
        assertThat(verdict(1.5, 5, 5, new QuantizationGate(0.2, 2)).words())
                .endsWith(": not the required 2.00 times as fast: ship the float file");
    }

    private static QuantizationVerdict verdict(Latency before, Latency after) {
        return QuantizationVerdict.of(before, after, 3.62, new PairedAccuracy(10_000, McNemar.of(5, 5)), GATE);
    }

    private static Latency latency(double micros, @Nullable Double inBatches) {
        Machine machine = new Machine("Linux 6", "amd64", "Some Processor", 2, 8L << 30);
        return new Latency(1, 20, micros, null, null, inBatches, null, null, machine);
    }

    /** The float model is too slow for batches of 64: 80 images a second are not compared with 1 / 70 ms. */
    @Test
    void speedsAreComparedAtOneBatchSize() {
        QuantizationVerdict single = verdict(latency(70_000, null), latency(25_000, 80.0));
        assertThat(single.speedupOf64()).isNull();
        assertThat(single.speedup()).isEqualTo(2.8);
        assertThat(single.words()).startsWith("int8 is 2.8 times faster for one image at a time, ");

        QuantizationVerdict batches = verdict(latency(70_000, 20.0), latency(25_000, 80.0));
        assertThat(batches.speedup()).isEqualTo(4);
        assertThat(batches.speedupOfOne()).isEqualTo(2.8);
        assertThat(batches.words()).startsWith("int8 is 4.0 times faster, ");
    }

    @Test
    void theBudgetIsKeptToTheImage() {
        assertThat(verdict(2, 20, 0, GATE).ships()).as("0.2 points").isTrue();
        assertThat(verdict(2, 21, 0, GATE).ships()).as("0.21 points").isFalse();
        assertThat(verdict(2, 21, 0, GATE).words()).endsWith(": beyond the budget of 0.20 points: ship the float file");
    }

    @Test
    void aFileThatIsMoreAccurateSaysSoWithItsIntervalTurned() {
        assertThat(verdict(2, 9, 17, GATE).words())
                .contains("0.08 points more accurate (95 % interval -0.02 to 0.19; ");
    }

    @Test
    void gatesAreWithinTheirRanges() {
        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(() -> new QuantizationGate(-1, 1))
                .withMessageContaining("--budget must be from 0 to 100 points");
        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(() -> new QuantizationGate(0, Double.NaN))
                .withMessageContaining("--min-speedup must be above 0");
    }
}
