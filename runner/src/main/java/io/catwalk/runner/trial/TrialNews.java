package io.catwalk.runner.trial;

import io.catwalk.runner.training.Epoch;

/** Tells how a trial goes on that was handed to an executor. Its end is its outcome. */
public sealed interface TrialNews {

    /**
     * It has left the queue.
     *
     * @param place where it runs, for people, such as the name of a machine; empty for this machine
     */
    record Started(String place) implements TrialNews {}

    /**
     * An epoch ended.
     *
     * @param epoch its numbers
     */
    record Trained(Epoch epoch) implements TrialNews {}
}
