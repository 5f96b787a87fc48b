package io.catwalk.runner.experiment;

import io.catwalk.runner.trial.Timing;

/**
 * Holds the time that a trial takes: the time of an epoch, and that of everything else (loading, evaluation, export).
 *
 * @param once seconds of everything else
 * @param epoch seconds per epoch
 */
record Pace(double once, double epoch) {

    /** Nothing is known yet. */
    static final Pace UNKNOWN = new Pace(0, 0);

    /** Computes it from a trial that has ended. */
    static Pace of(Timing timing) {
        double epochs = Math.min(timing.totalSeconds(), timing.secondsPerEpoch() * timing.epochs());
        return new Pace(timing.totalSeconds() - epochs, epochs / Math.max(1, timing.epochs()));
    }

    /** Returns the slower of both, in each part. */
    Pace most(Pace other) {
        return new Pace(Math.max(once, other.once), Math.max(epoch, other.epoch));
    }

    /** Returns the seconds of a trial with this many epochs. */
    double seconds(int epochs) {
        return once + epoch * epochs;
    }
}
