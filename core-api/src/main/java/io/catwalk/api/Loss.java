package io.catwalk.api;

import java.util.Locale;

/** Says what a training makes as small as it can. */
public enum Loss {

    /** The cross-entropy between the softmax of the logits and the targets. */
    CROSS_ENTROPY,

    /** The classifier's own, {@link Classifier#loss}. */
    OWN;

    /**
     * Names it as files do.
     *
     * @return {@code cross-entropy} or {@code own}
     */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
