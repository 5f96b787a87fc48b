package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.evaluation.Overfitting.Verdict;
import io.catwalk.runner.results.GeneralizationGap;
import io.catwalk.runner.results.RunResults;
import io.catwalk.runner.trial.MadeUp;
import io.catwalk.runner.trial.TrialOutcome.Done;
import io.catwalk.runner.trial.TrialOutcome.TrialMetrics;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expected intervals are from scipy 1.15.3: Wilson's by binomtest, combined by hand, and Student's by t.interval. */
@Tag("tiny")
class GeneralizationGapTest {

    private static final Offset<Double> CLOSE = within(1e-9);
    private static final RunResults.Dataset IMAGES =
            new RunResults.Dataset("forty", "", List.of("a", "b"), 1, 8, 8, 135, 15, 50, 25, 25);

    /**
     * One trial has Newcombe's interval of 1000 images, and so have seeds without a spread; others have Student's. The variance of folds is multiplied by 1 /
     * 4 + 50 / 135, and seeds on the same fold are one observation. Trials are seed, fold, training and validation
     * accuracy; a made-up loss is 1 less the accuracy.
     */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1 0 .99 .90 | 0.09 | 0.07099646371844681 | 0.11066127635584597 | STRONG | 0.01
            1 0 .91 .90 | 0.01 | -0.015810696638122318 | 0.03585858460252145 | NONE | 0.09
            1 0 .91 .90, 2 0 .91 .90 | 0.01 | -0.015810696638122318 | 0.03585858460252145 | NONE | 0.09
            1 0 .92 .90, 2 0 .93 .90, 3 0 .97 .90 | 0.04 | -0.025724106076469806 | 0.10572410607646981 | NONE | 0.06
            1 1 .92 .90, 1 2 .93 .90, 1 3 .97 .90, 1 4 .94 .90 | 0.04 | -0.014148944929715392 | 0.0941489449297154 | NONE | 0.06
            1 1 .92 .90, 2 1 .94 .90, 1 2 .95 .90, 2 2 .97 .90 | 0.045 | -0.20646303611389366 | 0.29646303611389363 | NONE | 0.055
            """)
    void aGapHasTheIntervalOfItsTrials(
            String trials, double mean, double low, double high, Verdict verdict, double trainingLoss) {
        List<Done> done = Stream.of(trials.split(", ", -1))
                .map(one -> one.split(" ", -1))
                .map(one -> trial(
                        Long.parseLong(one[0]),
                        Integer.parseInt(one[1]),
                        Double.parseDouble(one[2]),
                        Double.parseDouble(one[3])))
                .toList();
        GeneralizationGap gap = GeneralizationGap.of(done, IMAGES);

        assertThat(gap.trials()).isEqualTo(done.size());
        assertThat(new double[] {gap.mean(), gap.low(), gap.high()})
                .containsExactly(new double[] {mean, low, high}, CLOSE);
        assertThat(gap.toldApart()).isEqualTo(verdict != Verdict.NONE);
        assertThat(gap.verdict()).isEqualTo(verdict);
        assertThat(gap.trainingLoss()).isCloseTo(trainingLoss, CLOSE);
        assertThat(gap.validationLoss()).isCloseTo(0.1, CLOSE);
    }

    /** The results of a trial, its card, and the report grade a gap by one rule. */
    @Test
    void aTrialHasTheVerdictOfItsGap() {
        Done done = trial(1, 0, 0.99, 0.90);
        GeneralizationGap gap = GeneralizationGap.of(List.of(done), IMAGES);

        assertThat(gap.verdict()).isEqualTo(Verdict.STRONG);
        assertThat(Objects.requireNonNull(done.overfitting()).verdict()).isEqualTo(Verdict.STRONG);
    }

    @Test
    void withoutATrialThereIsNoGap() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GeneralizationGap.of(List.of(), IMAGES))
                .withMessageContaining("at least 1 trial");
    }

    private static Done trial(long seed, int fold, double training, double validation) {
        return MadeUp.done(
                MadeUp.trial("conv", seed, fold),
                new TrialMetrics(MadeUp.metrics(0.8), MadeUp.metrics(validation), MadeUp.metrics(training)),
                MadeUp.efficiency(null, null),
                null);
    }
}
