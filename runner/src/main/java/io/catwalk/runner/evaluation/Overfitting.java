package io.catwalk.runner.evaluation;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * Measures overfitting by three accuracies, which come from the same weights in evaluation mode, without augmentation.
 *
 * @param training accuracy on the images it was trained on, 0 to 1
 * @param validation accuracy on the images that selected its epoch, 0 to 1
 * @param test accuracy on the test images, 0 to 1
 * @param validationImages how many images the validation set has; at least 1
 */
@JsonPropertyOrder({
    "training_accuracy",
    "validation_accuracy",
    "test_accuracy",
    "validation_images",
    "validation_gap",
    "test_gap",
    "verdict",
    "rule"
})
@JsonIgnoreProperties(
        value = {"validation_gap", "test_gap", "verdict", "rule"},
        allowGetters = true)
public record Overfitting(
        @JsonProperty("training_accuracy") double training,
        @JsonProperty("validation_accuracy") double validation,
        @JsonProperty("test_accuracy") double test,
        int validationImages) {

    private static final double STRONG = 0.05;

    /** Checks the ranges. */
    public Overfitting {
        accuracy("training", training);
        accuracy("validation", validation);
        accuracy("test", test);
        if (validationImages < 1) {
            throw new IllegalArgumentException("expected at least 1 validation image, but found " + validationImages);
        }
    }

    private static void accuracy(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("expected " + name + " accuracy from 0 to 1, but found " + value);
        }
    }

    /** Grades overfitting by the gap between training and validation accuracy. */
    public enum Verdict {
        /** Training accuracy is not above the 95 % Wilson interval of validation accuracy: chance explains the gap. */
        NONE,
        /** Training accuracy is above that interval, and the gap is at most 5 points. */
        MILD,
        /** Training accuracy is above that interval, and the gap is more than 5 points. */
        STRONG;

        /** Returns the verdict as it is written in results and reports. */
        @Override
        @JsonValue
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Returns the training accuracy minus the validation accuracy. */
    @JsonProperty
    public double validationGap() {
        return training - validation;
    }

    /** Returns the training accuracy minus the test accuracy. */
    @JsonProperty
    public double testGap() {
        return training - test;
    }

    /** Returns the 95 % Wilson interval of the validation accuracy. */
    public Interval validationInterval() {
        int correct = (int) Math.round(validation * validationImages);
        return Interval.wilson(correct, validationImages, 0.95);
    }

    /** Returns the verdict; {@link #explanation()} states its rule. */
    @JsonProperty
    public Verdict verdict() {
        if (training <= validationInterval().high()) {
            return Verdict.NONE;
        }
        return validationGap() > STRONG ? Verdict.STRONG : Verdict.MILD;
    }

    /** Returns the verdict with its rule and its numbers, in one sentence. */
    @JsonProperty("rule")
    public String explanation() {
        Interval interval = validationInterval();
        String reason = switch (verdict()) {
            case NONE -> "is not above that interval, so that chance explains the gap";
            case MILD -> "is above that interval, by a gap of at most 5 points";
            case STRONG -> "is above that interval, by a gap of more than 5 points";
        };
        return String.format(
                Locale.ROOT,
                "%s overfitting: validation accuracy is %.2f %% (95 %% interval %.2f to %.2f with %d images), and"
                        + " training accuracy, %.2f %%, %s",
                verdict() == Verdict.NONE ? "no" : verdict().toString(),
                100 * validation,
                100 * interval.low(),
                100 * interval.high(),
                validationImages,
                100 * training,
                reason);
    }
}
