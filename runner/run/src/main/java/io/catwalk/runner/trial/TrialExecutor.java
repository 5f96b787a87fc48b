package io.catwalk.runner.trial;

import io.catwalk.runner.training.Epoch;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs trials, in whatever place. The scheduler of an experiment uses only this, so that others can be added. */
public interface TrialExecutor extends AutoCloseable {

    /** Returns how many trials it runs at once, at least 1; if more are submitted, they wait. */
    int slots();

    /**
     * Submits a trial and returns at once.
     *
     * @param folder where its files are once it has an outcome, whoever made them; it exists, and contains nothing of
     *     an earlier attempt but a log and what this attempt can continue from
     * @param listener receives progress, from another thread
     */
    Submitted submit(TrialOrder order, TrialFolder folder, Consumer<TrialNews> listener);

    /**
     * Tells whether submitted trials continue without this process, so that it does not wait for them: a later
     * process that submits them again gets their outcomes.
     */
    default boolean outlivesUs() {
        return false;
    }

    /** Says which trials were left running; null if none were. */
    default @Nullable HandedOut handedOut() {
        return null;
    }

    /**
     * Orders that somebody else carries out.
     *
     * @param open numbers of those without an outcome, such as {@code 0-3,7}; not empty
     * @param folder where they are, each in a file {@code NUMBER.json}
     */
    record HandedOut(String open, Path folder) {}

    /** Tells whether it has broken down: trials that are submitted now are lost at once. */
    default boolean isOver() {
        return false;
    }

    /** Cancels trials that are still running and do not outlive this process, and returns when they have ended. */
    @Override
    void close();

    /**
     * A submitted trial.
     *
     * @param outcome completed as soon as there is one: done or failed, or lost if there was a problem with whatever
     *     ran it: its result is then unknown, and it can be ordered again; completes with a {@link
     *     java.util.concurrent.CancellationException} after {@link #cancel}
     * @param stopping stops whatever runs it, and does not wait
     */
    record Submitted(CompletableFuture<TrialOutcome> outcome, Runnable stopping) {

        /** Stops the trial; the files that it has left in its folder are of no use. */
        public void cancel() {
            stopping.run();
            outcome.cancel(false);
        }
    }

    /** Reports the progress of a trial that was submitted to an executor. Its end is reported as its outcome. */
    sealed interface TrialNews {

        /**
         * The trial has left the queue.
         *
         * @param place where it runs, for display, such as the name of a machine; empty for this machine
         */
        record Started(String place) implements TrialNews {}

        record Trained(Epoch epoch) implements TrialNews {}

        /**
         * Nothing has happened for a long time, neither to this trial nor to those that run or wait beside it.
         *
         * @param reason what is waited for, in one line
         */
        record Stalled(String reason) implements TrialNews {}
    }
}
