package io.catwalk.runner.trial;

import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.evaluation.Overfitting;

/**
 * Holds the metrics of the same weights in evaluation mode on each part of the images.
 *
 * @param test on the test images; with folds, those of the fold
 * @param validation on the images that selected the epoch, and so optimistically biased: the best of several epochs is
 *     partly the luckiest
 * @param train on the images that were trained on, without augmentation; on 60,000 of them, evenly spaced, if there are
 *     more
 */
public record TrialMetrics(Metrics test, Metrics validation, Metrics train) {

    /** Returns the gaps between these accuracies, with the verdict on that to validation accuracy. */
    public Overfitting overfitting() {
        return Overfitting.of(train, validation, test);
    }
}
