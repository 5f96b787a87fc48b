package io.catwalk.runner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.evaluation.ConfusionMatrix.Cell;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
class ConfusionMatrixTest {

    /** Class 0 is predicted correctly twice and as 3 once, 1 as 4 twice, 3 correctly once; 2 and 4 have no image. */
    private static final ConfusionMatrix FIVE =
            ConfusionMatrix.of(5, new int[] {0, 1, 0, 3, 0, 1}, new int[] {0, 4, 3, 3, 0, 4});

    @Test
    void onlyWhatOccursIsCounted() {
        assertThat(FIVE.cells())
                .containsExactly(new Cell(0, 0, 2), new Cell(0, 3, 1), new Cell(1, 4, 2), new Cell(3, 3, 1));
        assertThat(FIVE.count(0, 3)).isEqualTo(1);
        assertThat(FIVE.count(4, 4)).isZero();
        assertThat(FIVE.support(0)).isEqualTo(3);
        assertThat(FIVE.predictions(4)).isEqualTo(2);
        assertThat(FIVE.correct()).isEqualTo(3);
        assertThat(FIVE.images()).isEqualTo(6);
        assertThat(FIVE.share(0, 3)).isEqualTo(1 / 3.0);
        assertThat(FIVE.share(2, 2)).isZero();
    }

    @Test
    void theClassesOfTheMostFrequentMistakesAreChosenFirstAndThenTheFirstOnes() {
        assertThat(FIVE.mostConfused(2)).containsExactly(1, 4);
        assertThat(FIVE.mostConfused(3)).containsExactly(0, 1, 4);
        assertThat(FIVE.mostConfused(4)).containsExactly(0, 1, 3, 4);
        assertThat(FIVE.mostConfused(30)).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void theMostFrequentMistakesComeFirstAndThenThoseOfTheFirstClasses() {
        ConfusionMatrix three = ConfusionMatrix.of(3, new int[] {0, 2, 0, 1, 0, 0, 1}, new int[] {1, 0, 1, 1, 1, 0, 2});

        assertThat(three.mistakes()).containsExactly(new Cell(0, 1, 3), new Cell(1, 2, 1), new Cell(2, 0, 1));
        assertThat(three.mistakes())
                .extracting(mistake -> three.share(mistake.truth(), mistake.predicted()))
                .containsExactly(0.75, 0.5, 1.0);
        assertThat(three.mostFrequentMistakes()).containsExactly(new Cell(0, 1, 3));
    }
}
