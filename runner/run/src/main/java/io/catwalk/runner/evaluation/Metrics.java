package io.catwalk.runner.evaluation;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Holds the metrics of an {@link Evaluation} that are one number each, as results show them.
 *
 * @param accuracy share of images predicted correctly, 0 to 1
 * @param accuracyLow lower bound of its 95 % Wilson interval
 * @param macro averages that give each class the same weight
 * @param micro averages over all images at once
 * @param weighted averages that weight each class by its images
 * @param balancedAccuracy mean recall of the classes that have images, 0 to 1
 * @param matthews Matthews correlation of all classes, -1 to 1
 * @param kappa Cohen's kappa, -1 to 1
 * @param logLoss mean cross entropy in nats, 0 or more; null without scores, as are all that follow
 * @param top2Accuracy share of images whose truth is among the two best classes, 0 to 1
 * @param rocAucMacro mean over the classes' ROC AUC, 0 to 1; null where no class has one
 * @param ece expected calibration error, equal-mass bins, 0 to 1
 */
public record Metrics(
        int images,
        double accuracy,
        double accuracyLow,
        double accuracyHigh,
        @JsonUnwrapped(suffix = "_macro") Averages macro,
        @JsonUnwrapped(suffix = "_micro") Averages micro,
        @JsonUnwrapped(suffix = "_weighted") Averages weighted,
        double balancedAccuracy,
        double matthews,
        double kappa,
        @Nullable Double logLoss,
        @Nullable Double top2Accuracy,
        @Nullable Double rocAucMacro,
        @Nullable Double ece) {

    public Interval accuracyInterval() {
        return new Interval(accuracyLow, accuracyHigh);
    }

    /** Averages the classes' scores into one number each, 0 to 1. */
    public record Averages(double precision, double recall, double f1, double f05, double f2) {

        /** Gives every class the same weight, classes without images included. */
        static Averages macro(List<ClassScores> classes) {
            return weighted(classes, scores -> 1);
        }

        /** Weights every class by its number of images. */
        static Averages weighted(List<ClassScores> classes) {
            return weighted(classes, ClassScores::support);
        }

        /** Sums the counts of all classes first: with one label per image all five equal the accuracy. */
        static Averages micro(ConfusionMatrix confusion) {
            var counts = new ClassScores.Counts(confusion.correct(), confusion.images(), confusion.images());
            return new Averages(counts.precision(), counts.recall(), counts.f(1), counts.f(0.5), counts.f(2));
        }

        private static Averages weighted(List<ClassScores> classes, ToDoubleFunction<ClassScores> weight) {
            return new Averages(
                    mean(classes, weight, ClassScores::precision),
                    mean(classes, weight, ClassScores::recall),
                    mean(classes, weight, ClassScores::f1),
                    mean(classes, weight, ClassScores::f05),
                    mean(classes, weight, ClassScores::f2));
        }

        private static double mean(
                List<ClassScores> classes, ToDoubleFunction<ClassScores> weight, ToDoubleFunction<ClassScores> score) {
            double sum = 0;
            double weights = 0;
            for (ClassScores scores : classes) {
                sum += weight.applyAsDouble(scores) * score.applyAsDouble(scores);
                weights += weight.applyAsDouble(scores);
            }
            return sum / weights;
        }
    }
}
