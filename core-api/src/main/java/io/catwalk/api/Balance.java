package io.catwalk.api;

import java.util.Locale;

/** How a training handles classes of unequal size. */
public enum Balance {
    /** Nothing is done: all images count the same, so that larger classes count more. */
    NONE,
    /**
     * Each image is weighted by the inverse of the number of images of its class, so that all classes count the same.
     */
    CLASS_WEIGHTS,
    /**
     * For each image of an epoch, first a class is drawn, then one of its images, so that all classes are equally
     * likely.
     */
    SAMPLING;

    /** {@return the name that files and options use: {@code none}, {@code class-weights} or {@code sampling}} */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
