package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.evaluation.Overfitting.Verdict;
import io.catwalk.runner.trial.MadeUp;
import io.catwalk.runner.trial.TrialMetrics;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Expected intervals are from scipy 1.15.3: Wilson's by binomtest, combined by hand, and Student's by t.interval. */
@Tag("tiny")
class GeneralizationGapTest {

    private static final Offset<Double> CLOSE = within(1e-9);
    private static final Results.Dataset IMAGES =
            new Results.Dataset("forty", "", List.of("a", "b"), 1, 8, 8, 135, 15, 50, 25, 25);

    /** 990 of 1000 against 900 of 1000. */
    @Test
    void oneTrialHasNewcombesInterval() {
        GeneralizationGap gap = GeneralizationGap.of(List.of(trial(1, 0, 0.99, 0.90)), IMAGES);

        assertThat(gap.trials()).isEqualTo(1);
        assertThat(gap.mean()).isEqualTo(0.09, CLOSE);
        assertThat(gap.low()).isEqualTo(0.07099646371844681, CLOSE);
        assertThat(gap.high()).isEqualTo(0.11066127635584597, CLOSE);
        assertThat(gap.toldApart()).isTrue();
    }

    @Test
    void aSmallGapOfOneTrialIsNotToldApart() {
        GeneralizationGap gap = GeneralizationGap.of(List.of(trial(1, 0, 0.91, 0.90)), IMAGES);

        assertThat(gap.low()).isNegative();
        assertThat(gap.toldApart()).isFalse();
        assertThat(gap.words())
                .isEqualTo("no measurable overfitting: training accuracy minus validation accuracy is 1.00 points, 95 %"
                        + " interval -1.58 to 3.59, which includes 0; training loss 0.090, validation loss 0.100");
    }

    /** The results of a trial, its card, and the report grade a gap by one rule. */
    @Test
    void aTrialHasTheVerdictOfItsGap() {
        Done done = trial(1, 0, 0.99, 0.90);
        GeneralizationGap gap = GeneralizationGap.of(List.of(done), IMAGES);

        assertThat(gap.verdict()).isEqualTo(Verdict.STRONG);
        assertThat(done.overfitting().verdict()).isEqualTo(Verdict.STRONG);
        assertThat(gap.words()).startsWith(done.overfitting().rule() + "; training loss ");
    }

    @Test
    void seedsHaveStudentsInterval() {
        GeneralizationGap gap = GeneralizationGap.of(
                List.of(trial(1, 0, 0.92, 0.90), trial(2, 0, 0.93, 0.90), trial(3, 0, 0.97, 0.90)), IMAGES);

        assertThat(gap.trials()).isEqualTo(3);
        assertThat(gap.mean()).isEqualTo(0.04, CLOSE);
        assertThat(gap.low()).isEqualTo(-0.025724106076469806, CLOSE);
        assertThat(gap.high()).isEqualTo(0.10572410607646981, CLOSE);
        assertThat(gap.toldApart()).isFalse();
        assertThat(gap.words())
                .startsWith("no measurable overfitting: training accuracy minus validation accuracy is 4.00 points over"
                        + " 3 trials, 95 % interval -2.57 to 10.57, which includes 0; ");
        assertThat(gap.trainingLoss()).isEqualTo(0.06, CLOSE); // a made-up loss is 1 less the accuracy
        assertThat(gap.validationLoss()).isEqualTo(0.1, CLOSE);
    }

    /** The variance of folds is multiplied by 1 / 4 + 50 / 135. */
    @Test
    void foldsHaveTheIntervalOfTrainingImagesThatTheyShare() {
        GeneralizationGap gap = GeneralizationGap.of(
                List.of(
                        trial(1, 1, 0.92, 0.90),
                        trial(1, 2, 0.93, 0.90),
                        trial(1, 3, 0.97, 0.90),
                        trial(1, 4, 0.94, 0.90)),
                IMAGES);

        assertThat(gap.mean()).isEqualTo(0.04, CLOSE);
        assertThat(gap.low()).isEqualTo(-0.014148944929715392, CLOSE);
        assertThat(gap.high()).isEqualTo(0.0941489449297154, CLOSE);
    }

    @Test
    void seedsOnTheSameFoldAreOneObservation() {
        GeneralizationGap gap = GeneralizationGap.of(
                List.of(
                        trial(1, 1, 0.92, 0.90),
                        trial(2, 1, 0.94, 0.90),
                        trial(1, 2, 0.95, 0.90),
                        trial(2, 2, 0.97, 0.90)),
                IMAGES);

        assertThat(gap.trials()).isEqualTo(4);
        assertThat(gap.low()).isEqualTo(-0.20646303611389366, CLOSE);
        assertThat(gap.high()).isEqualTo(0.29646303611389363, CLOSE);
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
