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
        "0.96, 1000, 0.94, 500,  none, -0.25, 4.65",
        "0.96, 1000, 0.94, 1000, mild, 0.08, 3.95",
        "0.97, 1000, 0.91, 1000, mild, 3.95, 8.13",
        "0.99, 1000, 0.92, 1000, strong, 5.26, 8.90",
        "0.99, 1000, 0.90, 1000, strong, 7.10, 11.07",
        "1.0,  1000, 0.90, 100,  strong, 5.51, 17.44",
        "0.82, 100,  0.60, 10,   none, -2.75, 51.42",
        "0.70, 1000, 0.90, 1000, none, -23.38, -16.58",
        "1.0,  1000, 1.0,  1000, none, -0.38, 0.38"
    })
    void theVerdictWeighsTheGapAgainstChance(
            double training,
            int trainingImages,
            double validation,
            int validationImages,
            String verdict,
            double low,
            double high) {
        Overfitting overfitting = of(training, trainingImages, validation, validationImages);

        assertThat(overfitting.verdict()).hasToString(verdict);
        Interval gap = Overfitting.gap(metrics(trainingImages, training), metrics(validationImages, validation));
        assertThat(100 * gap.low()).isCloseTo(low, within(0.005));
        assertThat(100 * gap.high()).isCloseTo(high, within(0.005));
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
                .doesNotContain("rule");
        assertThat(Json.LINE.readValue(json, Overfitting.class)).isEqualTo(overfitting);
    }

    @Test
    void accuraciesOutsideTheirRangeAreRefused() {
        illegal(() -> new Overfitting(1.1, 0.9, 0.9, 10, Verdict.NONE), "training accuracy");
        illegal(() -> new Overfitting(1, 0.9, Double.NaN, 10, Verdict.NONE), "test accuracy");
        illegal(() -> new Overfitting(1, 0.9, 0.9, 0, Verdict.NONE), "at least 1 validation image");
    }

    private static Overfitting of(double training, int trainingImages, double validation, int validationImages) {
        return Overfitting.of(
                metrics(trainingImages, training), metrics(validationImages, validation), metrics(1000, 0.88));
    }

    private static Metrics metrics(int images, double accuracy) {
        Metrics.Averages none = new Metrics.Averages(0, 0, 0, 0, 0);
        return new Metrics(images, accuracy, 0, 1, none, none, none, 0, 0, 0, 0.0, 0.0, null, 0.0);
    }
}
