package io.catwalk.api;

import java.util.Locale;

/** Loss that a training minimizes. */
public enum Loss {

    /** The cross-entropy between the softmax of the logits and the targets. */
    CROSS_ENTROPY,

    /** The classifier's own loss, {@link Classifier#loss}. */
    OWN;

    /** {@return the name that files use: {@code cross-entropy} or {@code own}} */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
