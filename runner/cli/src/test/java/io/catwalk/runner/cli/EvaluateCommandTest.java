package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Predictions;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
class EvaluateCommandTest {

    /** Predicts the given classes of three; all other logits are 0. */
    private static Evaluation evaluation(int[] labels, int... predicted) {
        float[] logits = new float[3 * labels.length];
        for (int i = 0; i < labels.length; i++) {
            logits[3 * i + predicted[i]] = 1;
        }
        return Evaluation.of(new Predictions(3, labels, logits), List.of("cat", "dog", "owl"));
    }

    @Test
    void whatIsUndefinedIsFlaggedByClass() {
        Evaluation evaluation = evaluation(new int[] {0, 0, 1}, 0, 0, 0);

        assertThat(EvaluateCommand.flags(evaluation))
                .containsExactly(
                        "all predictions are of one class: the Matthews correlation is set to 0",
                        "class 'dog' was never predicted: its precision is set to 0",
                        "class 'owl' has no image and was never predicted: its precision, recall and F are set to 0,"
                                + " its ROC AUC is left out");
        assertThat(evaluation.classes().get(2).rocAuc()).isNull();
    }

    @Test
    void predictionsWithoutGapsHaveNoFlags() {
        assertThat(EvaluateCommand.flags(evaluation(new int[] {0, 1, 2, 2}, 0, 1, 2, 2)))
                .isEmpty();
    }

    @Test
    void aSingleClassHasNoKappa() {
        assertThat(EvaluateCommand.flags(evaluation(new int[] {0}, 0)))
                .anyMatch(flag -> flag.contains("Cohen's kappa is set to 0"));
    }
}
