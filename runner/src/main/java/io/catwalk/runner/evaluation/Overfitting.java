package io.catwalk.runner.evaluation;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Judges by its accuracies how much of what a model learned holds for images it has not seen. All three
 * come from the same weights in evaluation mode, without augmentation.
 *
 * @param training accuracy on the images it was trained on, 0 to 1
 * @param validation accuracy on the images that chose its epoch, 0 to 1
 * @param test accuracy on the test images, 0 to 1
 * @param validationImages how many images the validation set has; at least 1
 */
public record Overfitting(double training, double validation, double test, int validationImages) {

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
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Returns the training accuracy less the validation accuracy. */
    public double validationGap() {
        return training - validation;
    }

    /** Returns the training accuracy less the test accuracy. */
    public double testGap() {
        return training - test;
    }

    /** Returns the 95 % Wilson interval of the validation accuracy. */
    public Interval validationInterval() {
        int correct = (int) Math.round(validation * validationImages);
        return Interval.wilson(correct, validationImages, 0.95);
    }

    /** Returns the verdict; {@link #explanation()} writes its rule out. */
    public Verdict verdict() {
        if (training <= validationInterval().high()) {
            return Verdict.NONE;
        }
        return validationGap() > STRONG ? Verdict.STRONG : Verdict.MILD;
    }

    /** Writes out the verdict with its rule and its numbers, in one sentence. */
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

    /** Returns accuracies, gaps and verdict under their keys in results.json. */
    public Map<String, Object> summary() {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("training_accuracy", training);
        summary.put("validation_accuracy", validation);
        summary.put("test_accuracy", test);
        summary.put("validation_gap", validationGap());
        summary.put("test_gap", testGap());
        summary.put("verdict", verdict().toString());
        summary.put("rule", explanation());
        return summary;
    }
}
