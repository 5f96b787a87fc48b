package io.catwalk.runner.trial;

/**
 * Holds when a trial ran and for how long.
 *
 * @param startedAt moment of the start, ISO 8601, UTC
 * @param totalSeconds from the start to the last file, with loading and evaluation
 * @param epochs number of epochs that were trained
 * @param bestEpoch number of the epoch whose weights were kept, from 1
 * @param secondsPerEpoch median over the epochs, without validation
 */
public record Timing(String startedAt, double totalSeconds, int epochs, int bestEpoch, double secondsPerEpoch) {

    /** Adds time that was spent after the training. */
    Timing withMore(double seconds) {
        return new Timing(startedAt, totalSeconds + seconds, epochs, bestEpoch, secondsPerEpoch);
    }
}
