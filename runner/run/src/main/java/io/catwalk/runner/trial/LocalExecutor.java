package io.catwalk.runner.trial;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.trial.TrialExecutor.TrialNews;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs trials, several at once: a thread waits for each, wherever it is carried out. */
public final class LocalExecutor implements TrialExecutor {

    private static final Logger LOG = LoggerFactory.getLogger(LocalExecutor.class);

    /** Runs each trial in a process of its own. */
    public static final class Factory implements TrialExecutorFactory {

        @Override
        public String scheme() {
            return "local";
        }

        @Override
        public Opening checked(Request request) {
            return needs -> new LocalExecutor(TrialProcess::train, needs.jobs());
        }

        @Override
        public boolean elsewhere() {
            return false;
        }
    }

    /** Runs one trial after the other in this process. */
    public static final class InProcessFactory implements TrialExecutorFactory {

        @Override
        public String scheme() {
            return "in-process";
        }

        @Override
        public Opening checked(Request request) {
            if (request.budget()) { // a training in this process would continue while others are measured
                throw new RequestException("--budget needs processes that can be stopped: leave --in-process out");
            }
            return needs -> {
                EngineSettings.apply(needs.threads());
                return new LocalExecutor(LocalExecutor::trainHere, 1);
            };
        }

        @Override
        public boolean elsewhere() {
            return false;
        }
    }

    private final Execution execution;
    private final int slots;
    private final ExecutorService pool;

    public LocalExecutor(Execution execution, int slots) {
        this.execution = execution;
        this.slots = slots;
        pool = Executors.newFixedThreadPool(slots);
    }

    /** Runs a trial in this process, to debug a plugin. */
    static TrialOutcome trainHere(TrialOrder order, TrialFolder folder, Consumer<TrialNews> listener)
            throws IOException {
        listener.accept(new TrialNews.Started(""));
        folder.writeOrder(order);
        try {
            return new TrialRun(order, folder)
                    .run(epoch -> listener.accept(new TrialNews.Trained(epoch)), evaluated -> {});
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            LOG.error("The trial failed", e);
            return new TrialOutcome.Failed(order.spec(), TrialMain.reason(e));
        }
    }

    @Override
    public int slots() {
        return slots;
    }

    @Override
    public Submitted submit(TrialOrder order, TrialFolder folder, Consumer<TrialNews> listener) {
        CompletableFuture<TrialOutcome> outcome = new CompletableFuture<>();
        Future<?> task = pool.submit(() -> {
            try {
                outcome.complete(execution.train(order, folder, listener));
            } catch (InterruptedException e) {
                outcome.cancel(false);
                Thread.currentThread().interrupt();
            } catch (IOException e) {
                LOG.error("{} could not be run", order.spec().title(), e);
                outcome.complete(new TrialOutcome.Lost(order.spec(), Reasons.of(e)));
            } catch (Throwable e) { // whoever waits for the outcome gets it, whatever it was
                outcome.completeExceptionally(e);
            }
        });
        // When it is interrupted, the thread of a trial stops its process.
        return new Submitted(outcome, () -> task.cancel(true));
    }

    @Override
    public void close() {
        pool.shutdownNow();
        boolean interrupted = Thread.interrupted();
        try {
            while (!pool.awaitTermination(1, TimeUnit.MINUTES)) {
                pool.shutdownNow();
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Executes trials, on behalf of a scheduler. */
    public interface Execution {

        /**
         * Trains and evaluates, to the end.
         *
         * @param listener receives the start, and each epoch as it ends
         * @return the outcome; a trial that fails for whatever reason is one with status failed
         * @throws IOException if the trial folder cannot be written or no process can be started
         * @throws InterruptedException if the calling thread is interrupted; the trial is then over
         */
        TrialOutcome train(TrialOrder order, TrialFolder folder, Consumer<TrialNews> listener)
                throws IOException, InterruptedException;
    }
}
