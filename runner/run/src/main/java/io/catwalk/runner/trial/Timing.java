package io.catwalk.runner.trial;

import org.jspecify.annotations.Nullable;

/**
 * Holds when a trial ran and for how long.
 *
 * @param startedAt moment of the start, ISO 8601, UTC
 * @param totalSeconds from the start to the last file, with loading and evaluation
 * @param bestEpoch number of the epoch whose weights were kept, from 1
 * @param secondsPerEpoch median over the epochs, without validation
 * @param steps of the optimizer in all of these epochs; null in older results
 */
public record Timing(
        String startedAt,
        double totalSeconds,
        int epochs,
        int bestEpoch,
        double secondsPerEpoch,
        @Nullable Long steps) {

    /** With fewer steps, a network rarely gets far from its random weights, whatever its recipe. */
    public static final int FEW_STEPS = 200;

    /** Creates the timing of a trial of an older version, which did not count steps. */
    public Timing(String startedAt, double totalSeconds, int epochs, int bestEpoch, double secondsPerEpoch) {
        this(startedAt, totalSeconds, epochs, bestEpoch, secondsPerEpoch, null);
    }

    /** Adds time that was spent after the training. */
    Timing withMore(double seconds) {
        return new Timing(startedAt, totalSeconds + seconds, epochs, bestEpoch, secondsPerEpoch, steps);
    }
}
