package io.catwalk.runner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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

    // Intervals in points: 960 of 1000 against 470 of 500 is -0.25 to 4.65, and against 940 of 1000 0.08 to 3.95; 970
    // against 910 of 1000 is 3.95 to 8.13, 990 against 920 of 1000 5.26 to 8.90; 1000 of 1000 against 90 of 100 is 5.51
    // to 17.44; 82 of 100 against 6 of 10 is -2.75 to 51.42.
    @ParameterizedTest
    @CsvSource({
        "0.96, 1000, 0.94, 500,  none",
        "0.96, 1000, 0.94, 1000, mild",
        "0.97, 1000, 0.91, 1000, mild",
        "0.99, 1000, 0.92, 1000, strong",
        "1.0,  1000, 0.90, 100,  strong",
        "0.82, 100,  0.60, 10,   none",
        "0.70, 1000, 0.90, 1000, none",
        "1.0,  1000, 1.0,  1000, none"
    })
    void theVerdictWeighsTheGapAgainstChance(
            double training, int trainingImages, double validation, int validationImages, String verdict) {
        assertThat(of(training, trainingImages, validation, validationImages).verdict())
                .hasToString(verdict);
    }

    @Test
    void theRuleIsSaidWithItsNumbers() {
        String gap = "training accuracy minus validation accuracy is ";

        assertThat(of(0.99, 1000, 0.9, 1000).rule())
                .isEqualTo("strong overfitting: " + gap + "9.00 points, 95 % interval 7.10 to 11.07, which begins"
                        + " above 5");
        assertThat(of(0.96, 1000, 0.94, 1000).rule())
                .isEqualTo("mild overfitting: " + gap + "2.00 points, 95 % interval 0.08 to 3.95, which begins between"
                        + " 0 and 5");
        assertThat(of(0.82, 100, 0.6, 10).rule())
                .isEqualTo("no measurable overfitting: " + gap + "22.00 points, 95 % interval -2.75 to 51.42, which"
                        + " includes 0");
        assertThat(of(0.7, 1000, 0.9, 1000).rule())
                .isEqualTo("no measurable overfitting: " + gap + "-20.00 points, 95 % interval -23.38 to -16.58, which"
                        + " is below 0");
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
                .startsWith("{\"training_accuracy\":0.99,\"validation_accuracy\":0.9,\"test_accuracy\":0.88,"
                        + "\"validation_images\":1000,\"validation_gap\":");
        assertThat(json)
                .contains("\"verdict\":\"strong\"", "\"test_accuracy\":0.88", "\"rule\":\"strong overfitting: ");
        assertThat(Json.LINE.readValue(json, Overfitting.class)).isEqualTo(overfitting);
    }

    @Test
    void accuraciesOutsideTheirRangeAreRefused() {
        assertThatThrownBy(() -> new Overfitting(1.1, 0.9, 0.9, 10, Verdict.NONE, ""))
                .hasMessageContaining("training accuracy");
        assertThatThrownBy(() -> new Overfitting(1, 0.9, Double.NaN, 10, Verdict.NONE, ""))
                .hasMessageContaining("test accuracy");
        assertThatThrownBy(() -> new Overfitting(1, 0.9, 0.9, 0, Verdict.NONE, ""))
                .hasMessageContaining("at least 1 validation image");
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
