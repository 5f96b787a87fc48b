package io.catwalk.runner.experiment;

import io.catwalk.runner.trial.Timing;

/**
 * Says what a trial takes: an epoch each time that it is made, all else (loading, judging, export) once.
 *
 * @param once seconds
 * @param epoch seconds
 */
record Pace(double once, double epoch) {

    /** Nothing is known yet. */
    static final Pace UNKNOWN = new Pace(0, 0);

    /** Reads it from a trial that has ended. */
    static Pace of(Timing timing) {
        double epochs = Math.min(timing.totalSeconds(), timing.secondsPerEpoch() * timing.epochs());
        return new Pace(timing.totalSeconds() - epochs, epochs / Math.max(1, timing.epochs()));
    }

    /** Takes the slower of both, in each part. */
    Pace most(Pace other) {
        return new Pace(Math.max(once, other.once), Math.max(epoch, other.epoch));
    }

    /** Returns what a trial of so many epochs takes. */
    double seconds(int epochs) {
        return once + epoch * epochs;
    }
}
