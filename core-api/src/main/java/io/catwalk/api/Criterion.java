package io.catwalk.api;

import java.util.Locale;

/** Names what an epoch is chosen by, on the validation images; of equal ones, the one with the lower loss. */
public enum Criterion {
    /** The share of images that are right. */
    ACCURACY,
    /** The mean over the classes of the share of their images that are right. */
    BALANCED_ACCURACY,
    /** The mean over the classes of the F1 score. */
    MACRO_F1,
    /** The cross-entropy, of which less is better. */
    LOSS;

    /**
     * Names it as files and options do.
     *
     * @return such as {@code balanced-accuracy}
     */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
