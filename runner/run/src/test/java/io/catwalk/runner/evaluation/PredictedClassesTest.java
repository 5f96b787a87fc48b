package io.catwalk.runner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.runner.evaluation.Predictions.PredictedClasses;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
class PredictedClassesTest {

    /** Predicts the given class for each image. */
    private static PredictedClasses predictions(int[] labels, int... answers) {
        return new PredictedClasses(3, labels, answers);
    }

    @Test
    void anImageCountsOnlyIfNobodyIsRight() {
        int[] labels = {0, 1, 2, 0, 1};
        PredictedClasses first = predictions(labels, 0, 2, 0, 1, 2);
        PredictedClasses second = predictions(labels, 1, 2, 2, 2, 0);

        assertThat(PredictedClasses.wrongForAll(List.of(first))).containsExactly(1, 2, 3, 4);
        assertThat(PredictedClasses.wrongForAll(List.of(first, second))).containsExactly(1, 3, 4);
        assertThat(PredictedClasses.wrongForAll(List.of(first, second, predictions(labels, labels))))
                .isEmpty();
    }

    @Test
    void answersToOtherImagesAreRefused() {
        assertThatThrownBy(() -> PredictedClasses.wrongForAll(
                        List.of(predictions(new int[] {0, 1}, 0, 1), predictions(new int[] {1, 0}, 0, 1))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PredictedClasses.wrongForAll(List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
