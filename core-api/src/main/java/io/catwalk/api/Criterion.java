package io.catwalk.api;

import java.util.Locale;

/**
 * Criterion by which the best epoch is selected on the validation images. Of equal epochs, the one with the lower loss
 * is selected.
 */
public enum Criterion {
    /** The share of images that are classified correctly. */
    ACCURACY,
    /** The share of correctly classified images of each class, averaged over the classes. */
    BALANCED_ACCURACY,
    /** The F1 score, averaged over the classes. */
    MACRO_F1,
    /** The cross-entropy; lower is better. */
    LOSS;

    /** {@return the name that files and options use, such as {@code balanced-accuracy}} */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
