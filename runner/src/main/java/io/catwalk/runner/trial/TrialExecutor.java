package io.catwalk.runner.trial;

import io.catwalk.runner.training.Epoch;
import java.io.IOException;
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
     * @param order the trial; its folder exists and holds nothing of an earlier attempt but a log
     * @param listener is told of each epoch as it ends, by another thread
     * @return the trial under way
     */
    Submitted submit(TrialOrder order, Consumer<Epoch> listener);

    /** Cancels what is still under way, and returns when it is over. */
    @Override
    void close();

    /** A trial under way. */
    interface Submitted {

        /**
         * Returns its outcome, as soon as there is one.
         *
         * @return done or failed; completes with an {@link IOException} where the trial folder cannot be
         *     written or no process can be started, and with a {@link
         *     java.util.concurrent.CancellationException} after {@link #cancel}
         */
        CompletableFuture<TrialOutcome> outcome();

        /** Stops the trial; what it has left in its folder is worth nothing. */
        void cancel();
    }
}
