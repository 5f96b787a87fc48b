package io.catwalk.runner.experiment;

import io.catwalk.api.Criterion;
import io.catwalk.runner.evaluation.Metrics;
import java.util.Comparator;

/**
 * Measures the candidates of a search by the criterion of their recipe.
 *
 * @param criterion that also selects the epoch of each training
 */
record Measure(Criterion criterion) {

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
}
