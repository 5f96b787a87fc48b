package io.catwalk.runner.evaluation;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Locale;

/**
 * Measures overfitting by three accuracies, which come from the same weights in evaluation mode, without augmentation.
 *
 * @param training accuracy on the images it was trained on, 0 to 1
 * @param validation accuracy on the images that selected its epoch, 0 to 1
 * @param test accuracy on the test images, 0 to 1
 * @param validationImages how many images the validation set has; at least 1
 * @param verdict on the gap between training and validation accuracy
 */
@JsonPropertyOrder({
    "training_accuracy",
    "validation_accuracy",
    "test_accuracy",
    "validation_images",
    "validation_gap",
    "test_gap",
    "verdict"
})
@JsonIgnoreProperties(
        value = {"validation_gap", "test_gap", "rule"}, // earlier versions wrote a rule in words
        allowGetters = true)
public record Overfitting(
        @JsonProperty("training_accuracy") double training,
        @JsonProperty("validation_accuracy") double validation,
        @JsonProperty("test_accuracy") double test,
        int validationImages,
        Verdict verdict) {

    private static final double STRONG_GAP = 0.05;
    private static final double CONFIDENCE = 0.95;

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

    /** Grades overfitting by the 95 % interval of the gap, which is training accuracy minus validation accuracy. */
    public enum Verdict {
        /** The interval includes 0 or is below it. */
        NONE,
        /** The interval is above 0, and its lower bound is at most 5 points. */
        MILD,
        /** The lower bound of the interval is above 5 points. */
        STRONG;

        public static Verdict of(Interval gap) {
            return gap.low() > STRONG_GAP ? STRONG : gap.low() > 0 ? MILD : NONE;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static Overfitting of(Metrics training, Metrics validation, Metrics test) {
        return new Overfitting(
                training.accuracy(),
                validation.accuracy(),
                test.accuracy(),
                validation.images(),
                Verdict.of(gap(training, validation)));
    }

    /**
     * Computes the 95 % interval of the gap of one network: Newcombe's, since training and validation images are
     * different ones.
     *
     * @return bounds of training accuracy minus validation accuracy, -1 to 1
     */
    public static Interval gap(Metrics training, Metrics validation) {
        return Interval.newcombe(
                right(training), training.images(), right(validation), validation.images(), CONFIDENCE);
    }

    private static int right(Metrics metrics) {
        return (int) Math.round(metrics.accuracy() * metrics.images());
    }

    @JsonProperty
    public double validationGap() {
        return training - validation;
    }

    @JsonProperty
    public double testGap() {
        return training - test;
    }
}
