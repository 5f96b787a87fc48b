package io.catwalk.runner.statistics;

import static io.catwalk.runner.Refusals.illegal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.statistics.PairedAccuracy.McNemar;
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

        assertThat(ratings.difference()).isCloseTo(0.04, within(1e-12));
        assertThat(interval.low()).isCloseTo(0.02, within(0.005));
        assertThat(interval.high()).isCloseTo(0.06, within(0.005));
    }

    /** The score test accepts a difference d of models that never differ if n d^2 is at most z^2 |d| (1 - |d|). */
    @Test
    void modelsThatNeverDifferMayDifferElsewhere() {
        PairedAccuracy same = PairedAccuracy.of(new boolean[100], new boolean[100]);
        double square = 1.959963984540054 * 1.959963984540054;

        assertThat(same.difference()).isZero();
        assertThat(same.interval(0.95).high()).isCloseTo(square / (100 + square), within(1e-9));
        assertThat(same.interval(0.95).low()).isEqualTo(-same.interval(0.95).high());
    }

    /** Draws test sets of the size that is said to be needed, for models that differ by chance alone. */
    @Test
    void asManyImagesAsAreSaidToBeNeededTellInFourOfFiveCases() {
        double limit = 0.01;
        double needed = new PairedAccuracy(50, McNemar.of(1, 1)).imagesToTell(limit, 0.95, 0.8);
        assertThat(needed).as("(1.960 + 0.842)^2 * 0.04 / 0.01^2").isCloseTo(3139.55, within(0.01));
        SplittableRandom random = new SplittableRandom(1);
        int images = (int) Math.ceil(needed);
        int told = 0;
        for (int i = 0; i < 1_000; i++) {
            int first = 0;
            int second = 0;
            for (int j = 0; j < images; j++) {
                double drawn = random.nextDouble();
                first += drawn < 0.02 ? 1 : 0;
                second += drawn > 0.98 ? 1 : 0;
            }
            Interval interval = new PairedAccuracy(images, McNemar.of(first, second)).interval(0.95);
            told += interval.high() <= limit ? 1 : 0;
        }
        assertThat(told).isBetween(740, 860); // four standard errors of 0.8 are 51
    }

    @Test
    void imagesThatAreNeededFollowFromTheIntervalOrTheLossSeen() {
        PairedAccuracy same = new PairedAccuracy(39, McNemar.of(0, 0));
        int needed = (int) Math.ceil(same.imagesToTell(0.002, 0.95, 0.8));
        McNemar never = McNemar.of(0, 0);
        assertThat(new PairedAccuracy(needed, never).interval(0.95).high()).isLessThanOrEqualTo(0.002);
        assertThat(new PairedAccuracy(needed - 1, never).interval(0.95).high()).isGreaterThan(0.002);
        assertThat(new PairedAccuracy(10_000, McNemar.of(18, 0)).imagesToTell(0.002, 0.95, 0.8))
                .as("7.849 * 0.0018 / 0.0002^2: the loss is near the limit")
                .isCloseTo(353_200, within(10.0));
        assertThat(same.imagesToTell(0, 0.95, 0.8)).isInfinite();
        assertThat(new PairedAccuracy(10_000, McNemar.of(20, 0)).imagesToTell(0.002, 0.95, 0.8))
                .isInfinite();
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
            Interval interval = new PairedAccuracy(1000, McNemar.of(first, second)).interval(0.95);
            covered += interval.contains(0.01) ? 1 : 0;
        }
        // Three standard errors of a share of 4000 runs are 0.0103.
        assertThat((double) covered / runs).isCloseTo(0.95, within(0.0103));
    }

    @Test
    void aSecondModelThatIsBetterLosesLessThanNothing() {
        assertThat(PairedAccuracy.of(new boolean[] {false, true}, new boolean[] {true, true})
                        .difference())
                .isEqualTo(-0.5);
    }

    @Test
    void noImagesCompareNothing() {
        boolean[] none = {};
        illegal(() -> PairedAccuracy.of(none, none), "at least 1 image");
        McNemar eleven = McNemar.of(6, 5);
        illegal(() -> new PairedAccuracy(10, eleven), "found 10 images, 6 ", "and 5 ");
    }
}
