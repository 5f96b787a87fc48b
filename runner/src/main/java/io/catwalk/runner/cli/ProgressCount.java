package io.catwalk.runner.cli;

import io.catwalk.runner.trial.TrialSpec;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts how far a run is, in steps: one for each epoch, one for what a trial does after its last (judging,
 * export, cross-check), one for each network that is measured, and one for what comes at the end. So a run is
 * at 100 % when nothing is left to do, and not before.
 */
final class ProgressCount {

    /** Steps of the trials under way. */
    private final Map<TrialSpec, Integer> under = new HashMap<>();

    private long all;
    private long finished;

    /**
     * Begins at nothing.
     *
     * @param epochs of all trials
     * @param trials number of all trials
     */
    ProgressCount(long epochs, int trials) {
        all = epochs + trials + 1;
    }

    /** Counts the steps of a trial. */
    static int all(TrialSpec trial) {
        return trial.recipe().epochs() + 1;
    }

    /** Leaves out a trial that was done before. */
    void kept(TrialSpec trial) {
        all -= all(trial);
    }

    /** Hears of an epoch that ended; of 0 where a trial begins, once more or for the first time. */
    void reached(TrialSpec trial, int epoch) {
        under.put(trial, epoch);
    }

    /** Hears that a trial has ended; epochs that it did not need, or did not come to, are done with. */
    void finished(TrialSpec trial) {
        under.remove(trial);
        finished += all(trial);
    }

    /** Hears that nothing is trained any more, and that the measurement of this number, from 1, begins. */
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
