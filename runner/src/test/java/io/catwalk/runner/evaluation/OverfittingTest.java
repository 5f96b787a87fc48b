package io.catwalk.runner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.Json;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
class OverfittingTest {

    // Wilson intervals by scipy 1.15.3: 900 of 1000 is 0.87984 to 0.91710, 90 of 100 is 0.82563 to 0.94478.
    @ParameterizedTest
    @CsvSource({
        "0.90,  0.90, 1000, none",
        "0.80,  0.90, 1000, none",
        "0.917, 0.90, 1000, none",
        "0.918, 0.90, 1000, mild",
        "0.949, 0.90, 1000, mild",
        "0.951, 0.90, 1000, strong",
        "0.944, 0.90, 100,  none",
        "0.946, 0.90, 100,  mild",
        "1.0,   0.90, 100,  strong",
        "1.0,   1.0,  100,  none"
    })
    void theVerdictWeighsTheGapAgainstChance(double training, double validation, int images, String verdict) {
        assertThat(new Overfitting(training, validation, 0.9, images).verdict()).hasToString(verdict);
    }

    @Test
    void theExplanationNamesRuleAndNumbers() {
        assertThat(new Overfitting(0.99, 0.9, 0.89, 1000).explanation())
                .isEqualTo("strong overfitting: validation accuracy is 90.00 % (95 % interval 87.98 to 91.71 with 1000"
                        + " images), and training accuracy, 99.00 %, is above that interval, by a gap of more than 5"
                        + " points");
    }

    @Test
    void gapsAreMeasuredFromTraining() {
        var overfitting = new Overfitting(0.99, 0.9, 0.88, 1000);

        assertThat(overfitting.validationGap()).isCloseTo(0.09, within(1e-12));
        assertThat(overfitting.testGap()).isCloseTo(0.11, within(1e-12));
        assertThat(overfitting.verdict()).hasToString("strong");
    }

    @Test
    void whatIsWrittenSaysTheVerdictAndIsReadAgain() {
        var overfitting = new Overfitting(0.99, 0.9, 0.88, 1000);

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
        assertThatThrownBy(() -> new Overfitting(1.1, 0.9, 0.9, 10)).hasMessageContaining("training accuracy");
        assertThatThrownBy(() -> new Overfitting(1, 0.9, Double.NaN, 10)).hasMessageContaining("test accuracy");
        assertThatThrownBy(() -> new Overfitting(1, 0.9, 0.9, 0)).hasMessageContaining("at least 1 validation image");
    }
}
