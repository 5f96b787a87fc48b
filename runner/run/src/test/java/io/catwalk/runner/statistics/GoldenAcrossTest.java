package io.catwalk.runner.statistics;

import static io.catwalk.runner.Golden.agree;
import static io.catwalk.runner.Golden.doubles;
import static io.catwalk.runner.Refusals.illegal;
import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.Golden;
import io.catwalk.runner.evaluation.Interval;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Compares the tests over seeds and over data sets with scipy and baycomp, in test-data/golden/across.json. */
@Tag("tiny")
class GoldenAcrossTest {

    private static final JsonNode GOLDEN = Golden.file("across.json");

    static Stream<JsonNode> welch() {
        return GOLDEN.get("welch").valueStream();
    }

    static Stream<JsonNode> signedRank() {
        return GOLDEN.get("signed_rank").valueStream();
    }

    @ParameterizedTest
    @MethodSource("welch")
    void welchAgreesWithScipy(JsonNode node) {
        WelchTTest test = WelchTTest.of(doubles(node.get("first")), doubles(node.get("second")));

        agree(test.p(), node.get("p"), 1e-9);
        agree(test.degreesOfFreedom(), node.get("degrees"), 1e-9);
        Interval interval = Objects.requireNonNull(test.interval(0.95));
        agree(interval.low(), node.get("low"), 1e-9);
        agree(interval.high(), node.get("high"), 1e-9);
    }

    @ParameterizedTest
    @MethodSource("signedRank")
    void theBayesianSignedRankTestAgreesWithBaycompButForTheDraws(JsonNode node) {
        double[] differences = doubles(node.get("first"));
        double[] second = doubles(node.get("second"));
        for (int i = 0; i < differences.length; i++) {
            differences[i] -= second[i];
        }
        var region = new EquivalenceRegion(node.get("region").asDouble());

        Posterior posterior = Posterior.ofDataSets(differences, region);

        // 50,000 draws here and 400,000 there vary by at most 0.0024 together (one standard deviation).
        agree(posterior.worse(), node.get("worse"), 0.01);
        agree(posterior.equivalent(), node.get("equivalent"), 0.01);
        agree(posterior.better(), node.get("better"), 0.01);
        assertThat(Posterior.ofDataSets(differences, region)).isEqualTo(posterior);
    }

    /**
     * If every difference is above twice the region, the first has the largest weight unless w squared is above one
     * half, where w is the weight of the prior, Beta(1/2, n). For n = 1 its distribution is the square root, and the
     * probability of {@code w < sqrt(1/2)} is 2 to the power of -1/4.
     */
    @Test
    void oneDataSetGivesWhatCanBeWorkedOutByHand() {
        var posterior = Posterior.ofDataSets(new double[] {0.02}, new EquivalenceRegion(0.5));

        assertThat(posterior.better()).isCloseTo(Math.pow(2, -0.25), within(0.005));
        assertThat(posterior.worse()).isZero();
        assertThat(posterior.equivalent()).isCloseTo(1 - Math.pow(2, -0.25), within(0.005));
    }

    @Test
    void classifiersThatNeverDifferAreEquivalentAndWithoutARegionAsLikelyWorseAsBetter() {
        assertThat(Posterior.ofDataSets(new double[5], EquivalenceRegion.STANDARD))
                .isEqualTo(new Posterior(0, 1, 0));
        assertThat(Posterior.ofDataSets(new double[5], new EquivalenceRegion(0)))
                .isEqualTo(new Posterior(0.5, 0, 0.5));
        double[] nan = {Double.NaN};
        illegal(() -> Posterior.ofDataSets(nan, EquivalenceRegion.STANDARD), "NaN");
    }

    @Test
    void aPairOverDataSetsCountsHowOftenAndHowSure() {
        double[][] scores = new double[6][];
        Arrays.fill(scores, new double[] {0.9, 0.88, 0.901});

        List<PairedComparison> pairs =
                PairedComparison.ofDataSets(List.of("a", "b", "c"), scores, EquivalenceRegion.STANDARD);

        assertThat(pairs)
                .extracting(PairedComparison::outcome)
                .containsExactly(Outcome.BETTER, Outcome.EQUIVALENT, Outcome.WORSE);
        assertThat(pairs).extracting(pair -> pair.ahead().onlyFirst()).containsExactly(6, 0, 0);
        assertThat(pairs).extracting(pair -> pair.ahead().onlySecond()).containsExactly(0, 6, 6);
        assertThat(pairs).extracting(PairedComparison::observations).containsOnly(6);
        assertThat(pairs.get(0).difference()).isCloseTo(0.02, within(1e-12));
        assertThat(pairs.get(0).chances().better()).isGreaterThan(0.99);
    }

    /** The mean of 0.933, 0.938 and 0.928 differs from that of three times 0.933 in the last bit. */
    @Test
    void equalMeansAreNeitherAheadNorBehind() {
        double[][] scores = new double[6][];
        Arrays.fill(scores, new double[] {0.9329999999999999, 0.9330000000000002});

        PairedComparison pair = PairedComparison.ofDataSets(List.of("a", "b"), scores, EquivalenceRegion.STANDARD)
                .get(0);

        assertThat(pair.ahead().onlyFirst()).isZero();
        assertThat(pair.ahead().onlySecond()).isZero();
    }

    @Test
    void fewerThanFiveDataSetsAreRefused() {
        List<String> names = List.of("a", "b");
        refused(
                () -> PairedComparison.ofDataSets(names, new double[4][2], EquivalenceRegion.STANDARD),
                "at least 5 data sets",
                "found 4");
    }

    @Test
    void twoSeedsAreRefused() {
        double[] two = {0.9, 0.91};
        refused(() -> WelchTTest.of(two, two), "at least 3 seeds", "found 2");
    }
}
