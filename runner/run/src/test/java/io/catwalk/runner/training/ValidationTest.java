package io.catwalk.runner.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.api.Criterion;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
final class ValidationTest {

    private static final Offset<Double> CLOSE = within(1e-12);

    /** Predictions of three classes: 0 is predicted correctly 3 times and as 1 once, 1 correctly once and as 0 once. */
    @Test
    void scoresAreThoseOfTheirDefinitions() {
        Validation validation = new Validation(6, 3);
        int[][] truthAndAnswer = {{0, 0}, {0, 0}, {0, 0}, {0, 1}, {1, 1}, {1, 0}};
        for (int[] one : truthAndAnswer) {
            float[] logits = new float[6];
            logits[3 + one[1]] = 2;
            validation.add(logits, 3, one[0]);
        }

        assertThat(validation.score(Criterion.ACCURACY)).isEqualTo(4 / 6.0, CLOSE);
        // 3 of 4 and 1 of 2; class 2 has no images.
        assertThat(validation.score(Criterion.BALANCED_ACCURACY)).isEqualTo((0.75 + 0.5) / 2, CLOSE);
        // 2 x 3 / (4 + 4), 2 x 1 / (2 + 2) and 0 of three classes.
        assertThat(validation.score(Criterion.MACRO_F1)).isEqualTo((0.75 + 0.5) / 3, CLOSE);
        // log(e^2 + 2) minus 2 if it is correct, minus 0 if it is not.
        double right = Math.log(Math.exp(2) + 2) - 2;
        assertThat(validation.loss()).isEqualTo((4 * right + 2 * (right + 2)) / 6, within(1e-6));
        assertThat(validation.score(Criterion.LOSS)).isEqualTo(-validation.loss());
    }

    @Test
    void withoutImagesNothingIsKnown() {
        Validation none = new Validation(0, 2);

        assertThat(none.loss()).isNaN();
        for (Criterion criterion : Criterion.values()) {
            assertThat(none.score(criterion)).isNaN();
        }
    }
}
