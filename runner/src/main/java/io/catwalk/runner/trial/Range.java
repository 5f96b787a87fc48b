package io.catwalk.runner.trial;

/**
 * Holds the lowest and the highest figure of several processes with the same measurement.
 *
 * @param low lowest
 * @param high highest; equal to the lowest if only one process measured
 */
public record Range(double low, double high) {

    /** Checks the order. */
    public Range {
        if (!(low <= high)) {
            throw new IllegalArgumentException("expected a lowest and a highest, but found " + low + " and " + high);
        }
    }
}
