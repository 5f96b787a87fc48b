package io.catwalk.runner.cli;

import io.catwalk.runner.trial.TrialSpec;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts the progress of a run in steps: one for each epoch, one for what follows a trial's last epoch (evaluation,
 * export, cross-check), one for each turn of a network that is measured, and one for the end of the run. So a run is at
 * 100 % only when nothing is left to do. The share that is done never falls.
 */
final class ProgressCount {

    /** Finished steps of the running trials. */
    private final Map<TrialSpec, Integer> under = new HashMap<>();

    private final long measurements;

    private long all;
    private long finished;
    private long measured;
    private long most;

    /** Counts the steps of a run; how often it measures is known in the end, and only estimated here. */
    ProgressCount(long epochs, int trials, long measurements) {
        this.measurements = measurements;
        all = epochs + trials + measurements + 1;
    }

    /** Returns the number of steps of a trial. */
    static int all(TrialSpec trial) {
        return trial.recipe().epochs() + 1;
    }

    /** Leaves out a trial that was finished before. */
    void kept(TrialSpec trial) {
        all -= all(trial);
    }

    /** Records that an epoch ended; 0 when a trial starts. One that starts again has to catch up first. */
    void reached(TrialSpec trial, int epoch) {
        under.put(trial, epoch);
    }

    /** Records that a trial has ended; epochs that it did not run count as done. */
    void finished(TrialSpec trial) {
        under.remove(trial);
        finished += all(trial);
    }

    /** Records that all training is over, and that the measurement with this number, from 1, begins. */
    void measuring(int number, int of) {
        measured = measurements * (number - 1) / of;
    }

    long all() {
        return all;
    }

    long done() {
        long running = under.values().stream().mapToLong(Integer::longValue).sum();
        most = Math.max(most, finished + running + measured);
        return most;
    }
}
