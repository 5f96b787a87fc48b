package io.catwalk.runner.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.evaluation.Interval;
import java.util.SplittableRandom;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    }

    /** The score test accepts a difference d of models that never differ if n d^2 is at most z^2 |d| (1 - |d|). */
    @Test
    void modelsThatNeverDifferMayDifferElsewhere() {
        PairedAccuracy same = PairedAccuracy.of(new boolean[100], new boolean[100]);
        double square = 1.959963984540054 * 1.959963984540054;

        assertThat(same.lost()).isZero();
        assertThat(same.interval(0.95).high()).isCloseTo(square / (100 + square), within(1e-9));
        assertThat(same.interval(0.95).low()).isEqualTo(-same.interval(0.95).high());
    }

    @Test
    void turningThePairTurnsTheInterval() {
        Interval interval = new PairedAccuracy(300, McNemar.of(40, 11)).interval(0.9);
        Interval turned = new PairedAccuracy(300, McNemar.of(11, 40)).interval(0.9);

        assertThat(turned.low()).isCloseTo(-interval.high(), within(1e-12));
        assertThat(turned.high()).isCloseTo(-interval.low(), within(1e-12));
    }

    /** So no verdict for one of them stands beside an interval that says that there may be no difference. */
    @ParameterizedTest
    @CsvSource({"40, 40", "500, 200", "10000, 300"})
    void whereTheExactTestRefusesEqualityTheIntervalExcludesIt(int images, int mostDiffering) {
        for (int differing = 0; differing <= mostDiffering; differing++) {
            for (int second = 0; second <= differing / 2; second++) {
                McNemar test = McNemar.of(differing - second, second);
                if (test.p() < 0.05) {
                    assertThat(new PairedAccuracy(images, test).interval(0.95).low())
                            .as("%s", test)
                            .isGreaterThan(0);
                }
            }
        }
    }

    /** With 100 images, every outcome can be enumerated with its probability. */
    @ParameterizedTest
    @CsvSource({
        "0.05, 0.05, 0.9659",
        "0.1,  0,    0.9568",
        "0.1,  0.1,  0.9364",
        "0.2,  0.1,  0.9521",
        "0.4,  0,    0.9508",
        "0.4,  0.2,  0.9516"
    })
    void theIntervalCoversAsOftenAsItSays(double differing, double difference, double byScipy) {
        int images = 100;
        double coverage = 0;
        BinomialDistribution byDiffering = BinomialDistribution.of(images, differing);
        for (int apart = 0; apart <= images; apart++) {
            BinomialDistribution byFirst = BinomialDistribution.of(apart, (1 + difference / differing) / 2);
            for (int first = 0; first <= apart; first++) {
                Interval interval = new PairedAccuracy(images, McNemar.of(first, apart - first)).interval(0.95);
                // A bound that is the difference itself is found to the last bit but one.
                if (interval.low() - 1e-12 <= difference && difference <= interval.high() + 1e-12) {
                    coverage += byDiffering.probability(apart) * byFirst.probability(first);
                }
            }
        }
        assertThat(coverage).isCloseTo(byScipy, within(5e-4));
    }

    @Test
    void theIntervalCoversATestSetThatIsDrawnAgain() {
        int runs = 4000;
        int covered = 0;
        SplittableRandom random = new SplittableRandom(16);
        for (int run = 0; run < runs; run++) {
            int first = 0;
            int second = 0;
            for (int image = 0; image < 1000; image++) {
                double draw = random.nextDouble();
                first += draw < 0.04 ? 1 : 0;
                second += draw >= 0.04 && draw < 0.07 ? 1 : 0;
            }
            covered += new PairedAccuracy(1000, McNemar.of(first, second))
                            .interval(0.95)
                            .contains(0.01)
                    ? 1
                    : 0;
        }
        // Three standard errors of a share of 4000 runs are 0.0103.
        assertThat((double) covered / runs).isCloseTo(0.95, within(0.0103));
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
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PairedAccuracy(10, McNemar.of(6, 5)))
                .withMessageContaining(
                        "found 10 images, 6 that only the first got right and 5 that only the second did");
    }
}
