package io.catwalk.runner.experiment;

import io.catwalk.api.Criterion;
import io.catwalk.runner.evaluation.Metrics;
import java.util.Comparator;
import java.util.Locale;

/**
 * Measures the candidates of a search by the criterion of their recipe, and formats the scores.
 *
 * @param criterion that also selects the epoch of each training
 */
public record Measure(Criterion criterion) {

    /** Returns the score of a trial, in the criterion's own unit: a share from 0 to 1, or nats. */
    double of(Metrics metrics) {
        return switch (criterion) {
            case ACCURACY -> metrics.accuracy();
            case BALANCED_ACCURACY -> metrics.balancedAccuracy();
            case MACRO_F1 -> metrics.macro().f1();
            case LOSS -> metrics.logLoss();
        };
    }

    /** Orders scores, the best first. */
    Comparator<Double> bestFirst() {
        return criterion == Criterion.LOSS ? Comparator.naturalOrder() : Comparator.reverseOrder();
    }

    /**
     * Returns the name of what is measured.
     *
     * @return such as {@code balanced accuracy}
     */
    public String title() {
        return switch (criterion) {
            case ACCURACY -> "accuracy";
            case BALANCED_ACCURACY -> "balanced accuracy";
            case MACRO_F1 -> "macro F1";
            case LOSS -> "loss";
        };
    }

    /**
     * Returns the unit in which scores are shown.
     *
     * @return {@code %} or {@code nats}
     */
    public String unit() {
        return criterion == Criterion.LOSS ? "nats" : "%";
    }

    /**
     * Converts a score to the unit in which it is shown.
     *
     * @param score a share from 0 to 1, or nats
     * @return percent, or nats
     */
    public double shown(double score) {
        return criterion == Criterion.LOSS ? score : 100 * score;
    }

    /**
     * Formats a score, or the standard deviation of scores.
     *
     * @param score a share from 0 to 1, or nats
     * @return the number in the unit in which it is shown, without the unit
     */
    public String text(double score) {
        return String.format(Locale.ROOT, criterion == Criterion.LOSS ? "%.4f" : "%.2f", shown(score));
    }
}
