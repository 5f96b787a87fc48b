package io.catwalk.api;

import java.util.Locale;

/** Names what a training does about classes of unequal size. */
public enum Balance {
    /** Nothing: a class counts by its images. */
    NONE,
    /** Each image counts by the inverse of the number of images of its class, so that all classes count alike. */
    CLASS_WEIGHTS,
    /** Each image of an epoch is drawn from a class that was drawn first, so that all classes are seen alike. */
    SAMPLING;

    /**
     * Names it as files and options do.
     *
     * @return {@code none}, {@code class-weights} or {@code sampling}
     */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
