package io.catwalk.runner.trial;

import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.evaluation.Overfitting;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Holds the metrics of the same weights in evaluation mode on each part of the images.
 *
 * @param test on the test images; with folds, those of the fold
 * @param validation null for a given model; on the images that selected the epoch, and so optimistically biased: the best of several epochs is
 *     partly the luckiest
 * @param train null for a given model; on the images that were trained on, without augmentation; on 60,000 of them, evenly spaced, if there are
 *     more
 */
public record TrialMetrics(
        Metrics test,
        @Nullable Metrics validation,
        @Nullable Metrics train) {

    /**
     * Returns those on the training images.
     *
     * @throws NullPointerException for a given model
     */
    public Metrics learned() {
        return Objects.requireNonNull(train);
    }

    /**
     * Returns those on the validation images.
     *
     * @throws NullPointerException for a given model
     */
    public Metrics held() {
        return Objects.requireNonNull(validation);
    }

    /** Returns the gaps between these accuracies, with the verdict on that to validation accuracy; null for a given model. */
    public @Nullable Overfitting overfitting() {
        return train == null || validation == null ? null : Overfitting.of(train, validation, test);
    }
}
