package io.catwalk.runner.trial;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.Split;

/**
 * Says which training images are kept for validation. Every trial of an experiment sees the same.
 *
 * @param folds number of folds; 0 for a single hold-out
 * @param holdOut share of the training images that a hold-out keeps, above 0 and below 1; unused with folds
 * @param seed of the split, apart from the seeds of the trials
 */
public record SplitSpec(int folds, double holdOut, long seed) {

    /** Checks the numbers against their ranges. */
    public SplitSpec {
        if (folds != 0 && folds < 2) {
            throw new RequestException("folds must be 0 (hold-out) or at least 2, but is " + folds);
        }
        if (!(holdOut > 0 && holdOut < 1)) {
            throw new RequestException("--hold-out must be above 0 and below 1, but is " + holdOut);
        }
    }

    /**
     * Splits the training images.
     *
     * @param labels class of each training image
     * @param classes number of classes
     * @param fold number of the fold, from 0
     * @return training and validation indices
     */
    public Split split(int[] labels, int classes, int fold) {
        return folds == 0
                ? Split.holdOut(labels, classes, holdOut, seed)
                : Split.folds(labels, classes, folds, seed).get(fold);
    }
}
