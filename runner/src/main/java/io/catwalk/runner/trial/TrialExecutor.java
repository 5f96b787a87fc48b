package io.catwalk.runner.trial;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Runs trials, wherever that may be. Whoever schedules an experiment knows no more of its trials than
 * this, so that another engine can take over without a change elsewhere.
 */
public interface TrialExecutor extends AutoCloseable {

    /**
     * Says how many trials it runs at once; more that are submitted wait.
     *
     * @return at least 1
     */
    int slots();

    /**
     * Takes a trial and returns at once.
     *
     * @param order the trial
     * @param folder where its files are once it has an outcome, whoever made them; it exists, and holds nothing of an
     *     earlier attempt but a log and what this one can go on from
     * @param listener is told how it goes on, by another thread
     * @return the trial under way
     */
    Submitted submit(TrialOrder order, TrialFolder folder, Consumer<TrialNews> listener);

    /**
     * Tells whether what was handed over goes on without this process, so that nobody waits for it: whoever asks again
     * later gets its outcome.
     *
     * @return whether a trial without an outcome is left alone
     */
    default boolean outlivesUs() {
        return false;
    }

    /** Cancels what is still under way and does not outlive us, and returns when it is over. */
    @Override
    void close();

    /**
     * Is a trial under way.
     *
     * @param outcome as soon as there is one: done or failed, or lost if whoever ran it had trouble: then nobody knows what
     *     would have come of it, and it can be ordered again; completes with a {@link
     *     java.util.concurrent.CancellationException} after {@link #cancel}
     * @param stopping stops whoever runs it, and does not wait
     */
    record Submitted(CompletableFuture<TrialOutcome> outcome, Runnable stopping) {

        /** Stops the trial; what it has left in its folder is worth nothing. */
        public void cancel() {
            stopping.run();
            outcome.cancel(false);
        }
    }
}
