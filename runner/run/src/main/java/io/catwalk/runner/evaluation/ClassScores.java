package io.catwalk.runner.evaluation;

import org.jspecify.annotations.Nullable;

/**
 * Scores one class against all others.
 *
 * @param support how many images are of this class
 * @param predictions how often it was predicted
 * @param precision share of its predictions that are correct, 0 where it was never predicted
 * @param recall share of its images that were found, 0 where it has no image
 * @param f1 harmonic mean of precision and recall
 * @param f05 F-beta with beta 0.5, which counts precision more
 * @param f2 F-beta with beta 2, which counts recall more
 * @param rocAuc area under the receiver operating characteristic of this class against the rest; null
 *     where the images are all of this class, or none is
 */
public record ClassScores(
        String name,
        int support,
        int predictions,
        double precision,
        double recall,
        double f1,
        double f05,
        double f2,
        @Nullable Double rocAuc) {

    static ClassScores of(String name, ConfusionMatrix confusion, int index, @Nullable Double rocAuc) {
        Counts counts =
                new Counts(confusion.count(index, index), confusion.support(index), confusion.predictions(index));
        return new ClassScores(
                name,
                confusion.support(index),
                confusion.predictions(index),
                counts.precision(),
                counts.recall(),
                counts.f(1),
                counts.f(0.5),
                counts.f(2),
                rocAuc);
    }

    /** Returns how many of the images of the class are recognized, with the Wilson interval; it must have images. */
    public Accuracy recognized() {
        return Accuracy.of(support, (int) Math.round(recall * support));
    }

    /** Counts for one class, or summed over all; a division by 0 gives 0, as with scikit-learn's zero_division=0. */
    record Counts(double truePositives, double support, double predictions) {

        double precision() {
            return predictions == 0 ? 0 : truePositives / predictions;
        }

        double recall() {
            return support == 0 ? 0 : truePositives / support;
        }

        double f(double beta) {
            double square = beta * beta;
            double denominator = square * support + predictions;
            return denominator == 0 ? 0 : (1 + square) * truePositives / denominator;
        }
    }
}
