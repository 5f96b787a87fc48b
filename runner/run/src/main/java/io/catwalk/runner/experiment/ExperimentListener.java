package io.catwalk.runner.experiment;

import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.trial.TrialBench;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialSpec;
import java.util.Collection;

/** Receives the progress of an experiment, from several threads at once. */
public interface ExperimentListener extends TrialBench.Listener {

    /** Called with what an earlier start of the run has finished; again when more of that becomes known in a search. */
    void kept(Collection<TrialSpec> trials);

    /** Called when something unusual happens, with one line. */
    void note(String text);

    /**
     * Called when a trial begins.
     *
     * @param attempt number of the attempt, from 1
     * @param place where it runs; empty for this machine
     */
    void started(TrialSpec trial, int attempt, String place);

    /** Called when an epoch ends. */
    void epoch(TrialSpec trial, Epoch epoch);

    /** Called when a trial ends: done, failed or lost. */
    void finished(TrialOutcome outcome);

    /** Called when a latency could not be measured, with the reason in one line; the trial is done nevertheless. */
    void unmeasured(TrialSpec trial, String reason);

    /** Called when a latency was measured on a busy machine, which {@code catwalk bench} of the run can repair. */
    void measuredBusy(TrialSpec trial, Latency.Busy busy, RunFolder run);
}
