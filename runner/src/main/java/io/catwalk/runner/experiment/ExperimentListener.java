package io.catwalk.runner.experiment;

import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialSpec;
import java.util.Collection;

/** Is told how an experiment goes on, by several threads at once. */
public interface ExperimentListener {

    /**
     * Hears what an earlier start of the run has left to keep.
     *
     * @param trials those that are done already
     */
    void kept(Collection<TrialSpec> trials);

    /**
     * Hears something out of the ordinary.
     *
     * @param text one line
     */
    void note(String text);

    /**
     * Hears that a trial begins.
     *
     * @param trial which
     * @param attempt number of the attempt, from 1
     * @param place where it runs; empty for this machine
     */
    void started(TrialSpec trial, int attempt, String place);

    /**
     * Hears that an epoch ended.
     *
     * @param trial which
     * @param epoch its numbers
     */
    void epoch(TrialSpec trial, Epoch epoch);

    /**
     * Hears that a trial ended.
     *
     * @param outcome done, failed or lost
     */
    void finished(TrialOutcome outcome);

    /**
     * Hears that the latency of a network is measured now.
     *
     * @param trial whose network
     * @param number of the measurement, from 1
     * @param of so many; each network is measured in several turns
     */
    void measuring(TrialSpec trial, int number, int of);

    /**
     * Hears that a latency could not be measured; the trial is done all the same.
     *
     * @param trial which
     * @param reason in one line
     */
    void unmeasured(TrialSpec trial, String reason);
}
