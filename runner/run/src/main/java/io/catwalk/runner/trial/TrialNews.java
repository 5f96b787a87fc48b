package io.catwalk.runner.trial;

import io.catwalk.runner.training.Epoch;

/** Reports the progress of a trial that was submitted to an executor. Its end is reported as its outcome. */
public sealed interface TrialNews {

    /**
     * The trial has left the queue.
     *
     * @param place where it runs, for display, such as the name of a machine; empty for this machine
     */
    record Started(String place) implements TrialNews {}

    /**
     * An epoch ended.
     *
     * @param epoch its numbers
     */
    record Trained(Epoch epoch) implements TrialNews {}

    /**
     * Nothing has happened for a long time, neither to this trial nor to those that run or wait beside it.
     *
     * @param reason what is waited for, in one line
     */
    record Stalled(String reason) implements TrialNews {}
}
