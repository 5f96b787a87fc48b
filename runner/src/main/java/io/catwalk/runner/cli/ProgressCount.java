package io.catwalk.runner.cli;

import io.catwalk.runner.trial.TrialSpec;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts the progress of a run in steps: one for each epoch, one for what follows a trial's last epoch (evaluation,
 * export, cross-check), one for each network that is measured, and one for the end of the run. So a run is at 100 %
 * only when nothing is left to do.
 */
final class ProgressCount {

    /** Finished steps of the running trials. */
    private final Map<TrialSpec, Integer> under = new HashMap<>();

    private long all;
    private long finished;

    ProgressCount(long epochs, int trials) {
        all = epochs + trials + 1;
    }

    /** Returns the number of steps of a trial. */
    static int all(TrialSpec trial) {
        return trial.recipe().epochs() + 1;
    }

    /** Leaves out a trial that was finished before. */
    void kept(TrialSpec trial) {
        all -= all(trial);
    }

    /** Records that an epoch ended; 0 when a trial starts, for the first time or again. */
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
        if (number == 1) {
            all = finished + of + 1;
        } else {
            finished++;
        }
    }

    long all() {
        return all;
    }

    long done() {
        return finished + under.values().stream().mapToLong(Integer::longValue).sum();
    }
}
