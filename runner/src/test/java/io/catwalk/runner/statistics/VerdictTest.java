package io.catwalk.runner.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
                .isEqualTo("gru is better than rnn: 3.1 points, 95 % interval 2.6 to 3.6;"
                        + " P(better by more than 0.5) = 0.99");
        assertThat(pair(-0.031, 0.0018, 0.9999, 0.0001, 0).verdict())
                .isEqualTo("gru is worse than rnn: -3.1 points, 95 % interval -3.6 to -2.6;"
                        + " P(worse by more than 0.5) > 0.99");
        assertThat(pair(-0.0001, 0.001, 0.01, 0.98, 0.01).verdict())
                .isEqualTo("gru and rnn are practically equivalent: 0.0 points, 95 % interval -0.3 to 0.3;"
                        + " P(within 0.5) = 0.98");
        assertThat(pair(0.01, 0.01, 0.001, 0.3, 0.699).verdict())
                .isEqualTo("gru and rnn cannot be told apart by these folds: 1.0 points, 95 % interval -1.8 to 3.8;"
                        + " P(better by more than 0.5) = 0.70, P(within 0.5) = 0.30, P(worse by more than 0.5) < 0.01");
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
        List<double[]> accuracies =
                List.of(new double[] {0.9, 0.91}, new double[] {0.8, 0.82}, new double[] {0.9, 0.91});

        List<ClassifierPair> pairs =
                ClassifierPair.all(List.of("a", "b", "c"), accuracies, 1, EquivalenceRegion.STANDARD);

        assertThat(pairs).extracting(pair -> pair.first() + pair.second()).containsExactly("ab", "ac", "bc");
        assertThat(pairs.get(1).outcome()).isEqualTo(Outcome.EQUIVALENT);
        assertThatThrownBy(() -> ClassifierPair.all(List.of("a"), accuracies, 1, EquivalenceRegion.STANDARD))
                .hasMessageContaining("found 1 and 3");
    }

    @Test
    void modelsAreComparedWithHolmOverAllPairs() {
        boolean[] good = new boolean[40];
        boolean[] middling = new boolean[40];
        boolean[] bad = new boolean[40];
        Arrays.fill(good, 0, 30, true);
        Arrays.fill(middling, 0, 21, true);
        Arrays.fill(bad, 0, 20, true);

        List<ModelPair> pairs = ModelPair.all(List.of("gru", "lstm", "rnn"), List.of(good, middling, bad));

        // Exact: 9 to 0 has p = 2 / 2^9, 10 to 0 has 2 / 2^10, 1 to 0 has 1; Holm multiplies them by 2, 3 and 1.
        assertThat(pairs).extracting(ModelPair::adjustedP).containsExactly(4 / 512.0, 6 / 1024.0, 1.0);
        assertThat(pairs.get(0).difference()).isEqualTo(9 / 40.0);
        assertThat(pairs.get(0).verdict())
                .isEqualTo("gru beats lstm on these images: of 40, 9 are right only by gru and 0 only by lstm;"
                        + " McNemar with Holm p = 0.0078");
        assertThat(pairs.get(2).verdict()).startsWith("lstm and rnn cannot be told apart on these images");
    }

    @Test
    void theWorseModelLoses() {
        boolean[] all = new boolean[50];
        Arrays.fill(all, true);

        assertThat(ModelPair.all(List.of("rnn", "gru"), List.of(new boolean[50], all))
                        .get(0)
                        .verdict())
                .isEqualTo("rnn loses to gru on these images: of 50, 0 are right only by rnn and 50 only by gru;"
                        + " McNemar with Holm p < 0.0001");
    }
}
