package io.catwalk.runner.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.statistics.McNemar;
import io.catwalk.runner.statistics.PairedAccuracy;
import io.catwalk.runner.trial.QuantizationVerdict.Decision;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
@Tag("attack")
class QuantizationVerdictTest {

    private static final QuantizationGate GATE = new QuantizationGate(0.2, 1.05);

    private static QuantizationVerdict verdict(double speedup, int onlyFloat, int onlyInt8, QuantizationGate gate) {
        return verdict(speedup, null, 10_000, onlyFloat, onlyInt8, gate);
    }

    private static QuantizationVerdict verdict(
            double speedup, @Nullable String busy, int images, int onlyFloat, int onlyInt8, QuantizationGate gate) {
        return new QuantizationVerdict(
                speedup, 1, busy, 3.62, new PairedAccuracy(images, McNemar.of(onlyFloat, onlyInt8)), gate);
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

    /** 10,000 images, 20 of which only the float model gets right: Tango's interval is 0.13 to 0.31 points. */
    @Test
    void theBudgetIsComparedWithTheWholeInterval() {
        assertThat(verdict(2, 20, 0, new QuantizationGate(0.32, 1)).decision()).isEqualTo(Decision.SHIP);
        assertThat(verdict(2, 20, 0, new QuantizationGate(0.30, 1)).decision()).isEqualTo(Decision.CANNOT_TELL);
        assertThat(verdict(2, 20, 0, new QuantizationGate(0.14, 1)).decision()).isEqualTo(Decision.CANNOT_TELL);
        assertThat(verdict(2, 20, 0, new QuantizationGate(0.12, 1)).decision()).isEqualTo(Decision.KEEP_FLOAT);
        assertThat(verdict(2, 20, 0, new QuantizationGate(0.12, 1)).words())
                .endsWith(": beyond the budget of 0.12 points: ship the float file");
    }

    @Test
    void tooFewTestImagesTellNothing() {
        QuantizationVerdict verdict = verdict(2, null, 39, 0, 0, GATE);

        assertThat(verdict.decision()).isEqualTo(Decision.CANNOT_TELL);
        assertThat(verdict.ships()).isFalse();
        assertThat(verdict.words())
                .contains("(95 % interval -8.97 to 8.97; ")
                .endsWith(": cannot tell whether it keeps the budget of 0.20 points: needs about 2,000 test images,"
                        + " has 39");
        assertThat(verdict(2, null, 39, 2, 1, GATE).words())
                .as("(1.960 + 0.842)^2 * (3 / 39) / 0.002^2 = 150,943")
                .endsWith("needs about 160,000 test images, has 39");
        assertThat(verdict(2, null, 39, 0, 0, new QuantizationGate(0, 1)).words())
                .endsWith("cannot tell whether it keeps the budget of 0.00 points: no number of test images shows it:"
                        + " raise --budget");
        assertThat(verdict(2, null, 39, 0, 0, new QuantizationGate(9, 1)).ships())
                .isTrue();
    }

    @Test
    void aBusyMachineSaysNothingAboutSpeed() {
        QuantizationVerdict fast = verdict(1.87, "60 % of 2 cores", 10_000, 5, 5, GATE);
        assertThat(fast.decision()).isEqualTo(Decision.CANNOT_TELL);
        assertThat(fast.words())
                .startsWith("int8 is ~1.9 times faster, ")
                .endsWith(": cannot tell whether it is fast enough: the machine was busy");
        assertThat(verdict(0.5, "60 %", 10_000, 5, 5, GATE).decision()).isEqualTo(Decision.CANNOT_TELL);
        assertThat(verdict(0.5, "60 %", 39, 0, 0, GATE).words())
                .contains("has 39; cannot tell whether it is fast enough: the machine was busy");
        assertThat(verdict(2, "60 %", 10_000, 90, 5, GATE).decision())
                .as("the accuracy alone decides")
                .isEqualTo(Decision.KEEP_FLOAT);
        assertThat(verdict(0.5, "60 %", 10_000, 5, 5, new QuantizationGate(0.2, 0))
                        .ships())
                .as("speed was not asked for")
                .isTrue();
        assertThat(verdict(0.5, null, 39, 0, 0, GATE).decision())
                .as("the speed alone decides")
                .isEqualTo(Decision.KEEP_FLOAT);
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
                .withMessageContaining("--min-speedup must be 0 or more");
    }
}
