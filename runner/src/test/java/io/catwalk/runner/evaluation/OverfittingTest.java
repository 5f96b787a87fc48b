package io.catwalk.runner.evaluation;

import static io.catwalk.runner.Refusals.illegal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.Json;
import io.catwalk.runner.evaluation.Overfitting.Verdict;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expected intervals are Newcombe's, by test-data/golden/intervals.py. */
@Tag("tiny")
class OverfittingTest {

    @ParameterizedTest
    @CsvSource({
        "0.96, 1000, 0.94, 500,  none,   no measurable, 2.00,  -0.25 to 4.65, includes 0",
        "0.96, 1000, 0.94, 1000, mild,   mild,          2.00,  0.08 to 3.95, between 0 and 5",
        "0.97, 1000, 0.91, 1000, mild,   mild,          6.00,  3.95 to 8.13, between 0 and 5",
        "0.99, 1000, 0.92, 1000, strong, strong,        7.00,  5.26 to 8.90, above 5",
        "0.99, 1000, 0.90, 1000, strong, strong,        9.00,  7.10 to 11.07, above 5",
        "1.0,  1000, 0.90, 100,  strong, strong,        10.00, 5.51 to 17.44, above 5",
        "0.82, 100,  0.60, 10,   none,   no measurable, 22.00, -2.75 to 51.42, includes 0",
        "0.70, 1000, 0.90, 1000, none,   no measurable, -20.00, -23.38 to -16.58, below 0",
        "1.0,  1000, 1.0,  1000, none,   no measurable, 0.00,  -0.38 to 0.38, includes 0"
    })
    void theVerdictWeighsTheGapAgainstChance(
            double training,
            int trainingImages,
            double validation,
            int validationImages,
            String verdict,
            String words,
            String gap,
            String interval,
            String reason) {
        Overfitting overfitting = of(training, trainingImages, validation, validationImages);

        assertThat(overfitting.verdict()).hasToString(verdict);
        assertThat(overfitting.rule())
                .startsWith(words + " overfitting: ")
                .contains(" " + gap + " points", " " + interval + ",")
                .endsWith(reason);
    }

    @Test
    void gapsAreMeasuredFromTraining() {
        Overfitting overfitting = of(0.99, 1000, 0.9, 1000);

        assertThat(overfitting.validationGap()).isCloseTo(0.09, within(1e-12));
        assertThat(overfitting.testGap()).isCloseTo(0.11, within(1e-12));
        assertThat(overfitting.verdict()).isEqualTo(Verdict.STRONG);
    }

    @Test
    void whatIsWrittenSaysTheVerdictAndIsReadAgain() {
        Overfitting overfitting = of(0.99, 1000, 0.9, 1000);

        String json = Json.LINE.writeValueAsString(overfitting);

        assertThat(json)
                .startsWith("{\"training_accuracy\":0.99,\"validation_accuracy\":0.9,\"test_accuracy\":0.88,")
                .contains("\"validation_images\":1000,\"validation_gap\":", "\"verdict\":\"strong\"")
                .contains("\"rule\":\"strong overfitting: ");
        assertThat(Json.LINE.readValue(json, Overfitting.class)).isEqualTo(overfitting);
    }

    @Test
    void accuraciesOutsideTheirRangeAreRefused() {
        illegal(() -> new Overfitting(1.1, 0.9, 0.9, 10, Verdict.NONE, ""), "training accuracy");
        illegal(() -> new Overfitting(1, 0.9, Double.NaN, 10, Verdict.NONE, ""), "test accuracy");
        illegal(() -> new Overfitting(1, 0.9, 0.9, 0, Verdict.NONE, ""), "at least 1 validation image");
    }

    private static Overfitting of(double training, int trainingImages, double validation, int validationImages) {
        return Overfitting.of(
                metrics(trainingImages, training), metrics(validationImages, validation), metrics(1000, 0.88));
    }

    private static Metrics metrics(int images, double accuracy) {
        Averages none = new Averages(0, 0, 0, 0, 0);
        return new Metrics(images, accuracy, 0, 1, none, none, none, 0, 0, 0, 0, 0, null, 0);
    }
}
