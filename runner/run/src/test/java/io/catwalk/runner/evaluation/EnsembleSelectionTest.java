package io.catwalk.runner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Expected values were computed by hand, and the rounds of three models with NumPy. */
@Tag("tiny")
class EnsembleSelectionTest {

    /** Predicts two images of class 0 with these probabilities. */
    private static Predictions model(double first, double second) {
        return new Predictions(2, new int[2], new float[] {
            (float) Math.log(first / (1 - first)), 0, (float) Math.log(second / (1 - second)), 0
        });
    }

    private static final List<Predictions> THREE = List.of(model(0.9, 0.1), model(0.2, 0.8), model(0.5, 0.45));

    @Test
    void theRoundWithTheLowestLossCounts() {
        EnsembleSelection selected = EnsembleSelection.of(THREE, 3);

        assertThat(selected.votes()).containsExactly(5, 7, 2);
        assertThat(selected.logLoss()).isCloseTo(0.700341549285995, within(1e-7));
        assertThat(selected.best()).isEqualTo(2); // (ln 2 - ln 0.45) / 2 = 0.746 is less than 0.916 and 1.204
        assertThat(selected.members()).containsExactly(0, 1, 2);
    }

    @Test
    void oneMemberIsTheBestModel() {
        EnsembleSelection selected = EnsembleSelection.of(THREE, 1);

        assertThat(selected.members()).containsExactly(2);
        assertThat(selected.logLoss()).isCloseTo(0.745827, within(1e-6));
    }

    @Test
    void noMoreThanTheMostMembersJoin() {
        assertThat(EnsembleSelection.of(THREE, 2).members()).hasSize(2);
    }

    @Test
    void aModelThatOnlyHarmsStaysOut() {
        EnsembleSelection selected = EnsembleSelection.of(List.of(model(0.9, 0.9), model(0.1, 0.2)), 2);

        assertThat(selected.votes()).containsExactly(1, 0);
    }
}
