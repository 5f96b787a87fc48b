package io.catwalk.runner.evaluation;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Averages the classes' scores into one number each, 0 to 1.
 *
 * @param precision average precision
 * @param recall average recall
 * @param f1 average F1
 * @param f05 average F-beta with beta 0.5
 * @param f2 average F-beta with beta 2
 */
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
