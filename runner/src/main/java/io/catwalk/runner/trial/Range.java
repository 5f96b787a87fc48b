package io.catwalk.runner.trial;

/**
 * Holds the lowest and the highest figure of several processes that measured the same.
 *
 * @param low lowest
 * @param high highest; the lowest itself where one process measured
 */
public record Range(double low, double high) {

    /** Checks the order. */
    public Range {
        if (!(low <= high)) {
            throw new IllegalArgumentException("expected a lowest and a highest, but found " + low + " and " + high);
        }
    }
}
