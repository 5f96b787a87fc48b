package io.catwalk.runner.statistics;

import static io.catwalk.runner.Refusals.illegal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.Json;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
class PairedComparisonTest {

    private static boolean[] right(int from, int to, int images) {
        boolean[] right = new boolean[images];
        Arrays.fill(right, from, to, true);
        return right;
    }

    @Test
    void anOutcomeNeedsAProbabilityOf95Percent() {
        assertThat(new Posterior(0.02, 0.03, 0.95).outcome()).isEqualTo(Outcome.BETTER);
        assertThat(new Posterior(0.02, 0.04, 0.94).outcome()).isEqualTo(Outcome.UNDECIDED);
        assertThat(new Posterior(0.95, 0.04, 0.01).outcome()).isEqualTo(Outcome.WORSE);
        assertThat(new Posterior(0.04, 0.95, 0.01).outcome()).isEqualTo(Outcome.EQUIVALENT);
    }

    @Test
    void everyClassifierMeetsEveryOtherOnce() {
        double[] same = {0.9, 0.91};
        List<double[]> accuracies = List.of(same, new double[] {0.8, 0.82}, same);
        EquivalenceRegion region = EquivalenceRegion.STANDARD;

        List<PairedComparison> pairs = PairedComparison.ofFolds(List.of("a", "b", "c"), accuracies, 1, region);

        assertThat(pairs).extracting(pair -> pair.first() + pair.second()).containsExactly("ab", "ac", "bc");
        assertThat(pairs.get(1).outcome()).isEqualTo(Outcome.EQUIVALENT);
        assertThat(pairs).extracting(pair -> pair.significance().adjustedP()).containsOnlyNulls();
        illegal(() -> PairedComparison.ofFolds(List.of("a"), accuracies, 1, region), "found 1 and 3");
    }

    @Test
    void modelsAreComparedWithHolmOverAllPairs() {
        List<PairedComparison> pairs = PairedComparison.ofModels(
                List.of("gru", "lstm", "rnn"), List.of(right(0, 30, 40), right(0, 21, 40), right(0, 20, 40)));

        // Exact: 9 to 0 has p = 2 / 2^9, 10 to 0 has 2 / 2^10, 1 to 0 has 1; Holm multiplies them by 2, 3 and 1.
        assertThat(pairs).extracting(pair -> pair.significance().p()).containsExactly(2 / 512.0, 2 / 1024.0, 1.0);
        assertThat(pairs)
                .extracting(pair -> pair.significance().adjustedP())
                .containsExactly(4 / 512.0, 6 / 1024.0, 1.0);
        assertThat(pairs)
                .extracting(
                        PairedComparison::observations,
                        pair -> pair.ahead().onlyFirst(),
                        pair -> pair.ahead().onlySecond())
                .containsExactly(tuple(40, 9, 0), tuple(40, 10, 0), tuple(40, 1, 0));
        assertThat(pairs)
                .extracting(PairedComparison::outcome)
                .containsExactly(Outcome.BETTER, Outcome.BETTER, Outcome.UNDECIDED);
        assertThat(pairs.get(0).difference()).isEqualTo(9 / 40.0);
        // Tango's interval, by test-data/golden/intervals.py.
        assertThat(pairs.get(0).low()).isCloseTo(0.1177, within(5e-5));
        assertThat(pairs.get(0).high()).isCloseTo(0.3750, within(5e-5));
    }

    /** 6 to 16 of 161 images: Tango's interval is -0.1240 to -0.0054, and McNemar's exact p 0.0525 (Fagerland 2017). */
    @Test
    void theExactTestMayBeStricterThanTheInterval() {
        PairedComparison pair = PairedComparison.ofModels(
                        List.of("rnn", "gru"), List.of(right(0, 6, 161), right(6, 22, 161)))
                .get(0);

        assertThat(pair.outcome()).isEqualTo(Outcome.UNDECIDED);
        assertThat(pair.stricterThanInterval()).isTrue();
        assertThat(pair.low()).isCloseTo(-0.1240, within(5e-5));
        assertThat(pair.high()).isCloseTo(-0.0054, within(5e-5));
        assertThat(pair.significance().p())
                .isCloseTo(0.0525, within(5e-5))
                .isEqualTo(pair.significance().adjustedP());
    }

    /** Of 100 images, one is right on 97 with every seed, and one on 96. */
    @Test
    void withoutSpreadOverTheSeedsNothingIsDecided() {
        double[] gru = {0.97, 0.97, 0.97};
        double[] rnn = {0.96, 0.96, 0.96};
        PairedComparison pair = PairedComparison.ofSeeds(List.of("gru", "rnn"), List.of(gru, rnn))
                .get(0);

        assertThat(pair.outcome()).isEqualTo(Outcome.UNDECIDED);
        assertThat(pair.low()).isNull();
        assertThat(pair.significance().statistic()).isNull();
        assertThat(pair.significance().adjustedP()).isEqualTo(1);
    }

    @Test
    void theSecondComparedWithTheFirstIsTheMirrorImage() {
        double[] conv = {0.90, 0.92, 0.94, 0.91};
        double[] gru = {0.86, 0.82, 0.90, 0.85};
        EquivalenceRegion region = EquivalenceRegion.STANDARD;
        PairedComparison pair = PairedComparison.ofFolds(List.of("conv", "gru"), List.of(conv, gru), 50 / 135.0, region)
                .get(0);
        PairedComparison mirror = PairedComparison.ofFolds(
                        List.of("gru", "conv"), List.of(gru, conv), 50 / 135.0, region)
                .get(0);

        assertThat(pair.outcome()).isEqualTo(Outcome.BETTER);
        assertThat(pair.reversed().outcome()).isEqualTo(Outcome.WORSE).isEqualTo(mirror.outcome());
        assertThat(new double[] {
                    pair.reversed().difference(),
                    number(pair.reversed().low()),
                    number(pair.reversed().high()),
                    number(pair.reversed().chances().worse()),
                    number(pair.reversed().significance().statistic())
                })
                .containsExactly(
                        new double[] {
                            mirror.difference(),
                            number(mirror.low()),
                            number(mirror.high()),
                            number(mirror.chances().worse()),
                            number(mirror.significance().statistic())
                        },
                        within(1e-12));
        assertThat(pair.reversed().reversed()).isEqualTo(pair);
    }

    private static double number(@Nullable Double value) {
        return value == null ? Double.NaN : value;
    }

    @ParameterizedTest
    @CsvSource({
        "UNDECIDED, 0.001, 0.02, true",
        "UNDECIDED, -0.02, -0.001, true",
        "UNDECIDED, -0.001, 0.02, false",
        "BETTER, 0.001, 0.02, false",
        "UNDECIDED, , , false"
    })
    void anUndecidedPairMayBeStricterThanItsInterval(
            Outcome outcome, @Nullable Double low, @Nullable Double high, boolean stricter) {
        var test = PairedComparison.Test.MCNEMAR;
        var pair = new PairedComparison(
                "conv",
                "gru",
                test,
                40,
                new PairedComparison.Ahead(9, 1),
                new PairedComparison.Estimate(0.01, low, high),
                new PairedComparison.Significance(null, 0.02, 0.06),
                new PairedComparison.Chances(null, null, null),
                outcome);
        assertThat(pair.stricterThanInterval()).isEqualTo(stricter);
    }

    @Test
    void resultsHaveItsNumbersSideBySide() {
        PairedComparison pair = PairedComparison.ofModels(
                        List.of("conv", "gru"), List.of(new boolean[] {true, true}, new boolean[] {true, false}))
                .get(0);

        assertThat(Json.LINE.writeValueAsString(pair))
                .startsWith("{\"first\":\"conv\",\"second\":\"gru\",\"test\":\"mcnemar\",\"observations\":2,"
                        + "\"only_first\":1,\"only_second\":0,\"difference\":0.5,\"low\":")
                .endsWith(
                        ",\"statistic\":null,\"p\":1.0,\"adjusted_p\":1.0,\"worse\":null,\"equivalent\":null,\"better\":null,"
                                + "\"outcome\":\"undecided\"}");
    }
}
