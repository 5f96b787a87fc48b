package io.catwalk.runner.statistics;

import static io.catwalk.runner.Refusals.illegal;
import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.Golden;
import io.catwalk.runner.statistics.CriticalDifference.Rank;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
class CriticalDifferenceTest {

    @Test
    void demsarsExampleGivesThePapersRanksAndDifferences() {
        double[][] scores = Golden.file("statistics.json")
                .at("/friedman/0/scores")
                .valueStream()
                .map(Golden::doubles)
                .toArray(double[][]::new);

        CriticalDifference result = CriticalDifference.of(List.of("C4.5", "C4.5+m", "C4.5+cf", "both"), scores, 0.05);

        assertThat(result.ranks()).extracting(Rank::classifier).containsExactly("both", "C4.5+m", "C4.5+cf", "C4.5");
        assertThat(result.ranks().stream().mapToDouble(Rank::average).toArray())
                .containsExactly(new double[] {1.964, 2.000, 2.893, 3.143}, within(5e-4));
        assertThat(result.difference()).isCloseTo(1.25, within(5e-3));
    }

    @Test
    void fewDataSetsRaggedScoresAndWrongLevelsAreRefused() {
        List<String> ab = List.of("a", "b");
        refused(() -> CriticalDifference.of(ab, new double[4][2], 0.05), "at least 5 data sets", "found 4");
        illegal(() -> CriticalDifference.of(ab, new double[5][3], 0.05), "found 2 and 3");
        illegal(() -> CriticalDifference.of(List.of("a"), new double[5][1], 0.05), "at least 2 classifiers");
        illegal(() -> CriticalDifference.of(ab, new double[5][2], 0), "level");
    }

    @Test
    void groupsAreTheLargestSetsOfNeighboursWithinTheCriticalDifference() {
        // Ranks 1, 2, 3, 4 on every data set; with 10 data sets the difference is 1.483 (q 2.569, Demsar's table 5).
        double[][] scores = new double[10][];
        Arrays.fill(scores, new double[] {0.7, 0.9, 0.6, 0.8});

        CriticalDifference result = CriticalDifference.of(List.of("c", "a", "d", "b"), scores, 0.05);

        assertThat(result.difference()).isCloseTo(2.569 * Math.sqrt(20 / 60.0), within(5e-4));
        assertThat(result.groups()).containsExactly(List.of("a", "b"), List.of("b", "c"), List.of("c", "d"));
        // With 100 data sets it is 0.469, less than one rank.
        double[][] many = new double[100][];
        Arrays.fill(many, scores[0]);
        assertThat(CriticalDifference.of(List.of("c", "a", "d", "b"), many, 0.05)
                        .groups())
                .isEmpty();
        // Chi-square is 12 * 10 / (4 * 5) * (1.5 * 1.5 + 0.5 * 0.5) * 2 = 30 with 3 degrees of freedom.
        assertThat(result.friedman()).isCloseTo(30, within(1e-9));
        assertThat(result.p()).isLessThan(0.0001);
    }

    /** The mean of 0.933, 0.938 and 0.928 differs from that of three times 0.933 in the last bit. */
    @Test
    void equalMeansShareTheirRanks() {
        double[][] scores = new double[5][];
        Arrays.fill(scores, new double[] {0.9329999999999999, 0.9330000000000002, 0.8});

        CriticalDifference result = CriticalDifference.of(List.of("a", "b", "c"), scores, 0.05);

        assertThat(result.ranks()).extracting(Rank::average).containsExactly(1.5, 1.5, 3.0);
        // 12 * 5 / (3 * 4) * (0.5 * 0.5 * 2 + 1), divided by 1 - 5 * 6 / (5 * 3 * 8) for the ties.
        assertThat(result.friedman()).isCloseTo(7.5 / 0.75, within(1e-9));
    }

    @Test
    void equalScoresEverywhereGiveOneGroup() {
        CriticalDifference result = CriticalDifference.of(List.of("a", "b", "c"), new double[6][3], 0.05);

        assertThat(result.friedman()).isZero();
        assertThat(result.p()).isEqualTo(1);
        assertThat(result.groups()).containsExactly(List.of("a", "b", "c"));
    }
}
