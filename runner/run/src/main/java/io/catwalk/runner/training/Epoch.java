package io.catwalk.runner.training;

/**
 * Holds the results of one pass over the training images.
 *
 * @param epoch number of the pass, from 1
 * @param trainLoss mean cross-entropy of augmented training images when they were trained on, in nats; like that of
 *     validation without label smoothing, class weights or the classifier's own loss
 * @param trainAccuracy share of augmented training images that were predicted correctly when they were trained on, 0 to
 *     1
 * @param validationLoss mean cross-entropy on the validation images, in nats; NaN if there are none
 * @param validationAccuracy share of validation images that are predicted correctly, 0 to 1; NaN if there are none
 * @param score what the recipe selects the epoch by, more is better: the criterion, or the negative loss; NaN if
 *     there are no validation images
 * @param seconds spent on the steps, without validation
 */
public record Epoch(
        int epoch,
        double trainLoss,
        double trainAccuracy,
        double validationLoss,
        double validationAccuracy,
        double score,
        double learningRate,
        double seconds) {

    /** Returns whether these weights are better than the other epoch's: by the score first, then by loss. */
    boolean isBetterThan(Epoch other) {
        if (score != other.score) {
            return !(score < other.score);
        }
        return validationLoss < other.validationLoss;
    }
}
