package io.catwalk.runner.trial;

import java.io.IOException;
import java.util.function.Consumer;

/** Executes trials, on behalf of a scheduler. */
public interface TrialExecution {

    /**
     * Trains and evaluates, to the end.
     *
     * @param order the trial
     * @param folder of the trial; it exists
     * @param listener receives the start, and each epoch as it ends
     * @return the outcome; a trial that fails for whatever reason is one with status failed
     * @throws IOException if the trial folder cannot be written or no process can be started
     * @throws InterruptedException if the calling thread is interrupted; the trial is then over
     */
    TrialOutcome train(TrialOrder order, TrialFolder folder, Consumer<TrialNews> listener)
            throws IOException, InterruptedException;
}
