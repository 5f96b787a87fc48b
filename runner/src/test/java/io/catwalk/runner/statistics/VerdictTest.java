package io.catwalk.runner.statistics;

import static io.catwalk.runner.Refusals.illegal;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
class VerdictTest {

    private static ClassifierPair pair(double difference, double standardError, double... posterior) {
        return new ClassifierPair(
                "gru",
                "rnn",
                new CorrectedTTest(difference, standardError, 4), // Student's t(4) at 97.5 % is 2.776
                new BayesianTTest(posterior[0], posterior[1], posterior[2]),
                EquivalenceRegion.STANDARD);
    }

    @Test
    void eachOutcomeIsSaidInWords() {
        assertThat(pair(0.031, 0.0018, 0, 0.01, 0.99).verdict())
                .isEqualTo("gru is better than rnn: 3.10 points, 95 % interval 2.60 to 3.60;"
                        + " P(better by more than 0.5) = 0.99");
        assertThat(pair(-0.031, 0.0018, 0.9999, 0.0001, 0).verdict())
                .isEqualTo("gru is worse than rnn: -3.10 points, 95 % interval -3.60 to -2.60;"
                        + " P(worse by more than 0.5) > 0.99");
        assertThat(pair(-0.0001, 0.001, 0.01, 0.98, 0.01).verdict())
                .isEqualTo("gru and rnn are practically equivalent: -0.01 points, 95 % interval -0.29 to 0.27;"
                        + " P(within 0.5) = 0.98");
        assertThat(pair(0.01, 0.01, 0.001, 0.3, 0.699).verdict())
                .isEqualTo("gru and rnn: the folds show no clear difference: 1.00 points, 95 % interval -1.78 to 3.78;"
                        + " P(better by more than 0.5) = 0.70, P(within 0.5) = 0.30, P(worse by more than 0.5) < 0.01");
    }

    /** A probability of at least 0.95 decides; 0.947 does not, and must not be written as 0.95. */
    @Test
    void aProbabilityIsNotRoundedUpToAVerdict() {
        assertThat(pair(0.01, 0.01, 0.001, 0.052, 0.947).verdict())
                .startsWith("gru and rnn: the folds show no clear difference")
                .contains("P(better by more than 0.5) = 0.94, P(within 0.5) = 0.05");
        assertThat(Odds.probability(0.95)).isEqualTo("0.95");
        assertThat(Odds.probability(0.9449)).isEqualTo("0.94");
        assertThat(Odds.probability(0.9996)).isEqualTo("> 0.99");
        assertThat(Odds.probability(0.0004)).isEqualTo("< 0.01");
    }

    @Test
    void anOutcomeNeedsAProbabilityOf95Percent() {
        assertThat(pair(0, 1, 0.02, 0.03, 0.95).outcome()).isEqualTo(Outcome.BETTER);
        assertThat(pair(0, 1, 0.02, 0.04, 0.94).outcome()).isEqualTo(Outcome.UNDECIDED);
        assertThat(pair(0, 1, 0.95, 0.04, 0.01).outcome()).isEqualTo(Outcome.WORSE);
        assertThat(pair(0, 1, 0.04, 0.95, 0.01).outcome()).isEqualTo(Outcome.EQUIVALENT);
    }

    @Test
    void everyClassifierMeetsEveryOtherOnce() {
        double[] same = {0.9, 0.91};
        List<double[]> accuracies = List.of(same, new double[] {0.8, 0.82}, same);
        EquivalenceRegion region = EquivalenceRegion.STANDARD;

        List<ClassifierPair> pairs = ClassifierPair.all(List.of("a", "b", "c"), accuracies, 1, region);

        assertThat(pairs).extracting(pair -> pair.first() + pair.second()).containsExactly("ab", "ac", "bc");
        assertThat(pairs.get(1).outcome()).isEqualTo(Outcome.EQUIVALENT);
        illegal(() -> ClassifierPair.all(List.of("a"), accuracies, 1, region), "found 1 and 3");
    }

    private static boolean[] right(int first, int images) {
        boolean[] right = new boolean[images];
        Arrays.fill(right, 0, first, true);
        return right;
    }

    @Test
    void modelsAreComparedWithHolmOverAllPairs() {
        boolean[] good = right(30, 40);
        boolean[] middling = right(21, 40);
        boolean[] bad = right(20, 40);

        List<ModelPair> pairs = ModelPair.all(List.of("gru", "lstm", "rnn"), List.of(good, middling, bad));

        // Exact: 9 to 0 has p = 2 / 2^9, 10 to 0 has 2 / 2^10, 1 to 0 has 1; Holm multiplies them by 2, 3 and 1.
        assertThat(pairs).extracting(ModelPair::adjustedP).containsExactly(4 / 512.0, 6 / 1024.0, 1.0);
        assertThat(pairs.get(0).difference()).isEqualTo(9 / 40.0);
        assertThat(pairs.get(0).verdict())
                .startsWith("gru is significantly better than lstm on these images: 22.50 points, 95 % interval 11.77")
                .contains(" to 37.50; of 40, only gru got 9 right and only lstm got 0 right")
                .endsWith("p = 0.0078");
        assertThat(pairs.get(2).verdict()).startsWith("lstm and rnn do not clearly differ on these images");
    }

    @Test
    void theWorseModelLoses() {
        List<ModelPair> pairs = ModelPair.all(List.of("rnn", "gru"), List.of(right(0, 50), right(50, 50)));

        assertThat(pairs.get(0).verdict())
                .startsWith(
                        "rnn is significantly worse than gru on these images: -100.00 points, 95 % interval -100.00")
                .contains(" to -85.73; of 50, only rnn got 0 right and only gru got 50 right")
                .endsWith("p < 0.0001");
    }

    /** 6 to 16 of 161 images: Tango's interval is -0.1240 to -0.0054, and McNemar's exact p 0.0525 (Fagerland 2017). */
    @Test
    void anIntervalThatTheExactTestDoesNotShareIsExplained() {
        McNemar test = McNemar.of(6, 16);
        ModelPair pair = new ModelPair("rnn", "gru", 161, test, test.p());

        assertThat(pair.outcome()).isEqualTo(Outcome.UNDECIDED);
        assertThat(pair.verdict())
                .isEqualTo("rnn and gru do not clearly differ on these images: -6.21 points, 95 % interval -12.40 to"
                        + " -0.54; of 161, only rnn got 6 right and only gru got 16 right; McNemar with Holm p = 0.0525;"
                        + " the interval, an approximation, excludes 0, but the exact test does not");
    }

    /** Of 100 images, one is right on 97 with every seed, and one on 96. */
    @Test
    void withoutSpreadOverTheSeedsThereIsNoVerdict() {
        double[] gru = {0.97, 0.97, 0.97};
        double[] rnn = {0.96, 0.96, 0.96};
        SeedPair pair = SeedPair.all(List.of("gru", "rnn"), List.of(gru, rnn)).get(0);

        assertThat(pair.outcome()).isEqualTo(Outcome.UNDECIDED);
        assertThat(pair.interval()).isNull();
        assertThat(pair.verdict())
                .isEqualTo("gru and rnn do not clearly differ on this split: 1.00 points over 3 seeds; neither varies"
                        + " over its seeds, so there is no spread to compare the difference with");
    }

    @Test
    void anIntervalThatHolmsCorrectionDoesNotShareIsExplained() {
        String because = "; the interval, for this pair alone, excludes 0, but not once all pairs are counted";

        // Exact: 9 to 1 has p = 22 / 2^10 = 0.0215, and three pairs may triple it.
        McNemar test = McNemar.of(9, 1);
        assertThat(new ModelPair("gru", "rnn", 40, test, 3 * test.p()).verdict())
                .startsWith("gru and rnn do not clearly differ on these images: 20.00 points, 95 % interval ")
                .endsWith("; McNemar with Holm p = 0.0645" + because);
        assertThat(new ModelPair("gru", "rnn", 40, test, test.p()).verdict())
                .startsWith("gru is significantly better than rnn")
                .endsWith("; McNemar with Holm p = 0.0215");
        // Student's t(4) at 97.5 % is 2.776: 3 standard errors exclude 0, 2.7 do not.
        assertThat(new SeedPair("gru", "rnn", 3, new WelchTTest(0.03, 0.01, 4, 0.04), 0.12).verdict())
                .isEqualTo(
                        "gru and rnn do not clearly differ on this split: 3.00 points over 3 seeds, 95 % interval 0.22"
                                + " to 5.78; Welch with Holm p = 0.1200" + because);
        assertThat(new SeedPair("gru", "rnn", 3, new WelchTTest(0.027, 0.01, 4, 0.054), 0.12).verdict())
                .isEqualTo("gru and rnn do not clearly differ on this split: 2.70 points over 3 seeds, 95 % interval"
                        + " -0.08 to 5.48; Welch with Holm p = 0.1200");
    }
}
