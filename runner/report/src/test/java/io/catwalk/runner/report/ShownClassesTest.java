package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.evaluation.ClassScores;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Predictions;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
class ShownClassesTest {

    /**
     * Each class has as many images as there are classes; of class c, c images are predicted correctly: class 0 is
     * worst.
     */
    private static ShownClasses shown(int classes) {
        int[] labels =
                IntStream.range(0, classes * classes).map(i -> i / classes).toArray();
        float[] logits = new float[labels.length * classes];
        for (int i = 0; i < labels.length; i++) {
            boolean right = i % classes < labels[i];
            logits[i * classes + (right ? labels[i] : (labels[i] + 1) % classes)] = 1;
        }
        List<String> names = IntStream.range(0, classes).mapToObj(c -> "c" + c).toList();
        return ShownClasses.of(Evaluation.of(new Predictions(classes, labels, logits), names));
    }

    @ParameterizedTest
    @CsvSource({
        "30, 30, '', ''",
        "40, 20, c35 c36 c37 c38 c39, 'The 20 classes with the lowest recall, and the 5 with the highest; 15 are left out.'"
    })
    void ofManyClassesTheWorstAndTheBestAreShown(int classes, int first, String best, String sentence) {
        ShownClasses shown = shown(classes);

        assertThat(shown.first())
                .extracting(ClassScores::name)
                .containsExactlyElementsOf(
                        IntStream.range(0, first).mapToObj(c -> "c" + c).toList());
        assertThat(shown.best().stream().map(ClassScores::name).collect(Collectors.joining(" ")))
                .isEqualTo(best);
        assertThat(shown.sentence()).isEqualTo(sentence);
    }

    /** Of 40 classes, only the first few have images: none is left for the highest recall. */
    @ParameterizedTest
    @CsvSource({
        "20, 'The 20 classes with images, the one with the lowest recall first; 20 have none and are left out.'",
        "1, The only class with images; 39 have none and are left out.",
        "21, 'The 20 classes with the lowest recall, and the one with the highest; 19 are left out.'"
    })
    void theSentenceSaysWhatIsShownIfFewClassesHaveImages(int filled, String sentence) {
        List<String> names = IntStream.range(0, 40).mapToObj(c -> "c" + c).toList();
        int[] labels = IntStream.range(0, filled).toArray();
        float[] logits = new float[40 * filled];

        ShownClasses shown = ShownClasses.of(Evaluation.of(new Predictions(40, labels, logits), names));

        assertThat(shown.sentence()).isEqualTo(sentence);
    }
}
