package io.catwalk.runner.trial;

/**
 * Tells when a trial ran and for how long.
 *
 * @param startedAt moment of the start, ISO 8601, UTC
 * @param totalSeconds from start to the last file, with loading and judging
 * @param epochs passes that were trained
 * @param bestEpoch number of the pass whose weights were kept, from 1
 * @param secondsPerEpoch median over the passes, without validation
 */
public record Timing(String startedAt, double totalSeconds, int epochs, int bestEpoch, double secondsPerEpoch) {

    /** Adds what came after the training. */
    Timing withMore(double seconds) {
        return new Timing(startedAt, totalSeconds + seconds, epochs, bestEpoch, secondsPerEpoch);
    }
}
