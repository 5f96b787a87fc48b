package io.catwalk.runner.derived;

import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.derived.QuantizationVerdict.Gate;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.statistics.PairedAccuracy;
import io.catwalk.runner.statistics.PairedAccuracy.McNemar;
import io.catwalk.runner.trial.MadeUp;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
@Tag("attack")
class QuantizationVerdictTest {

    private static final Gate GATE = new Gate(0.2, 1.05);

    /**
     * Of 10,000 images of which only the float model gets 20 right, Tango's interval is 0.13 to 0.31 points. Two right
     * and one wrong of 39 need (1.960 + 0.842)^2 * (3 / 39) / 0.002^2 = 150,943 images.
     */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1.87 | -   | 10000 | 17 | 9 | 0.2  | 1.05 | SHIP        | 1.9 times faster, 3.6 times smaller, 0.08 points less accurate (95 % interval -0.02 to 0.19; McNemar p = 0.1686)
            2    | -   | 10000 | 9 | 17 | 0.2  | 1.05 | SHIP        | 0.08 points more accurate (95 % interval -0.02 to 0.19;
            0.75 | -   | 10000 | 5 | 5  | 0.2  | 1.05 | KEEP        | 1.3 times slower
            1.02 | -   | 10000 | 5 | 5  | 0.2  | 1.05 | KEEP        | int8 is as fast
            1.5  | -   | 10000 | 5 | 5  | 0.2  | 2    | KEEP        | not the required 2.00 times as fast
            2    | -   | 10000 | 20 | 0 | 0.32 | 1    | SHIP        | ship it
            2    | -   | 10000 | 20 | 0 | 0.30 | 1    | CANNOT_TELL | cannot tell
            2    | -   | 10000 | 20 | 0 | 0.14 | 1    | CANNOT_TELL | cannot tell
            2    | -   | 10000 | 20 | 0 | 0.12 | 1    | KEEP        | beyond the budget of 0.12 points
            2    | -   | 39    | 0 | 0  | 0.2  | 1.05 | CANNOT_TELL | -8.97 to 8.97; McNemar p = 1.0000): cannot tell whether it keeps the budget of 0.20 points: needs about 2,000 test images, has 39
            2    | -   | 39    | 2 | 1  | 0.2  | 1.05 | CANNOT_TELL | needs about 160,000 test images, has 39
            2    | -   | 39    | 0 | 0  | 0    | 1    | CANNOT_TELL | no number of test images shows it
            2    | -   | 39    | 0 | 0  | 9    | 1    | SHIP        | ship it
            0.5  | -   | 39    | 0 | 0  | 0.2  | 1.05 | KEEP        | slower
            1.87 | 60 % of 2 cores | 10000 | 5 | 5 | 0.2 | 1.05 | CANNOT_TELL | int8 is ~1.9 times faster
            0.5  | 60 % | 10000 | 5 | 5 | 0.2  | 1.05 | CANNOT_TELL | fast enough: the machine was busy
            0.5  | 60 % | 39    | 0 | 0 | 0.2  | 1.05 | CANNOT_TELL | has 39; cannot tell whether it is fast enough: the machine was busy
            2    | 60 % | 10000 | 90 | 5 | 0.2 | 1.05 | KEEP        | beyond the budget
            0.5  | 60 % | 10000 | 5 | 5 | 0.2  | 0    | SHIP        | ship it
            """)
    void aFileShipsIfItIsKnownToBeFastAndAccurateEnough(
            double speedup,
            String busy,
            int images,
            int onlyFloat,
            int onlyInt8,
            double budget,
            double fastEnough,
            Decision decision,
            String words) {
        PairedAccuracy paired = new PairedAccuracy(images, McNemar.of(onlyFloat, onlyInt8));
        Gate gate = new Gate(budget, fastEnough);
        QuantizationVerdict verdict =
                new QuantizationVerdict(speedup, 1, busy.equals("-") ? null : MadeUp.BUSY, 3.62, paired, gate);

        assertThat(verdict.decision()).isEqualTo(decision);
        assertThat(Quantizer.words(verdict)).contains(words);
    }

    /** Scales and casts are more than the weights of a network that has few. */
    @Test
    void aFileThatGrowsIsLarger() {
        PairedAccuracy paired = new PairedAccuracy(10_000, McNemar.of(5, 5));
        assertThat(Quantizer.words(new QuantizationVerdict(2.0, 1.0, null, 0.4, paired, GATE)))
                .startsWith("int8 is 2.0 times faster, 2.5 times larger, ");
    }

    private static QuantizationVerdict verdict(Latency before, Latency after) {
        return QuantizationVerdict.of(before, after, 3.62, new PairedAccuracy(10_000, McNemar.of(5, 5)), GATE);
    }

    private static Latency latency(double micros, @Nullable Double inBatches) {
        return MadeUp.latency(1, 20, micros, null, null, inBatches, null, null, MadeUp.MACHINE);
    }

    /** The float model is too slow for batches of 64: 80 images a second are not compared with 1 / 70 ms. */
    @Test
    void speedsAreComparedAtOneBatchSize() {
        QuantizationVerdict single = verdict(latency(70_000, null), latency(25_000, 80.0));
        assertThat(single.speedupOf64()).isNull();
        assertThat(single.speedup()).isEqualTo(2.8);
        assertThat(Quantizer.words(single)).startsWith("int8 is 2.8 times faster for one image at a time, ");

        QuantizationVerdict batches = verdict(latency(70_000, 20.0), latency(25_000, 80.0));
        assertThat(batches.speedup()).isEqualTo(4);
        assertThat(batches.speedupOfOne()).isEqualTo(2.8);
        assertThat(Quantizer.words(batches)).startsWith("int8 is 4.0 times faster, ");
    }

    @Test
    void gatesAreWithinTheirRanges() {
        refused(() -> new Gate(-1, 1), "--budget", "from 0 to 100");
        refused(() -> new Gate(0, Double.NaN), "--min-speedup", "0 or more");
    }
}
