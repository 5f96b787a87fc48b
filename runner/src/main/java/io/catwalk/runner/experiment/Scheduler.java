package io.catwalk.runner.experiment;

import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.trial.TrialExecutor;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialResult;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Keeps the slots of an executor filled until every trial has finished or the time is over. */
final class Scheduler {

    /** What the scheduler needs of the run that it works for. */
    interface Desk {

        /** Prepares a trial that is about to begin. */
        TrialOrder begin(TrialSpec trial) throws IOException;

        /** Hears of an epoch; called by several threads. */
        void epoch(TrialSpec trial, Epoch epoch);

        /** Hears that a trial failed and is tried once more. */
        void retrying(TrialSpec trial, TrialResult failed);

        /** Records a trial that has finished, done or failed. */
        void finished(TrialSpec trial, TrialResult result) throws IOException;
    }

    private final ExperimentSpec spec;
    private final TrialExecutor executor;
    private final Conduct conduct;
    private final Stopwatch stopwatch;
    private final Desk desk;

    /** Trials under way, and those that have just ended. */
    private final Map<TrialSpec, TrialExecutor.Submitted> running = new LinkedHashMap<>();

    private final BlockingQueue<TrialSpec> ended = new LinkedBlockingQueue<>();

    /** First reasons of the trials that are tried again. */
    private final Map<TrialSpec, String> failedOnce = new HashMap<>();

    /** Seconds that the trials of a classifier took so far, at most. */
    private final Map<String, Pace> paces = new HashMap<>();

    Scheduler(ExperimentSpec spec, TrialExecutor executor, Conduct conduct, Stopwatch stopwatch, Desk desk) {
        this.spec = spec;
        this.executor = executor;
        this.conduct = conduct;
        this.stopwatch = stopwatch;
        this.desk = desk;
    }

    /**
     * Runs what has not finished.
     *
     * @param finished outcomes so far; those to come are added
     * @return the trials that are left, since the time was over
     */
    List<TrialSpec> run(Map<TrialSpec, TrialResult> finished) throws IOException, InterruptedException {
        finished.forEach(this::learnPace);
        try {
            while (true) {
                Deque<TrialSpec> waiting = new ArrayDeque<>(waiting(finished));
                while (running.size() < executor.slots() && !waiting.isEmpty()) {
                    TrialSpec next = waiting.removeFirst();
                    if (fits(next)) {
                        submit(next);
                    }
                }
                if (running.isEmpty()) {
                    return waiting(finished);
                }
                TrialSpec over = await();
                if (over == null) {
                    cancelRunning();
                    return waiting(finished);
                }
                settle(over, finished);
            }
        } finally {
            cancelRunning();
        }
    }

    private List<TrialSpec> waiting(Map<TrialSpec, TrialResult> finished) {
        return spec.trials(finished).stream()
                .filter(trial -> !finished.containsKey(trial) && !running.containsKey(trial))
                .toList();
    }

    private void submit(TrialSpec trial) throws IOException {
        TrialExecutor.Submitted submitted = executor.submit(desk.begin(trial), epoch -> desk.epoch(trial, epoch));
        running.put(trial, submitted);
        // Whatever the outcome is, settle() asks for it.
        var unused = submitted.outcome().whenComplete((result, failure) -> ended.add(trial));
    }

    /** Waits for a trial to end; null once the time is over. */
    private @Nullable TrialSpec await() throws InterruptedException {
        Duration budget = conduct.budget();
        if (budget == null) {
            return ended.take();
        }
        long left = budget.minus(stopwatch.elapsed()).toMillis();
        return left <= 0 ? null : ended.poll(left, TimeUnit.MILLISECONDS);
    }

    private void settle(TrialSpec trial, Map<TrialSpec, TrialResult> finished)
            throws IOException, InterruptedException {
        TrialResult result = outcome(Objects.requireNonNull(running.remove(trial)));
        boolean failed = result.status() == TrialResult.Status.FAILED;
        if (failed && conduct.retry() == Conduct.Retry.ONCE && !failedOnce.containsKey(trial)) {
            failedOnce.put(trial, String.valueOf(result.error()));
            desk.retrying(trial, result);
            return;
        }
        TrialResult last = result.afterRetry(failedOnce.get(trial));
        desk.finished(trial, last);
        finished.put(trial, last);
        learnPace(trial, last);
    }

    private static TrialResult outcome(TrialExecutor.Submitted submitted) throws IOException, InterruptedException {
        try {
            return submitted.outcome().get();
        } catch (CancellationException e) {
            throw new InterruptedException("the trial was stopped");
        } catch (ExecutionException | CompletionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private void learnPace(TrialSpec trial, TrialResult result) {
        if (result.timing() != null) {
            paces.merge(trial.classifier(), Pace.of(result.timing()), Pace::most);
        }
    }

    /** Tells whether there is time for a trial, as far as one can know from others of its classifier. */
    private boolean fits(TrialSpec trial) {
        if (conduct.budget() == null) {
            return true;
        }
        double left = conduct.budget().minus(stopwatch.elapsed()).toMillis() / 1e3;
        Pace pace = paces.getOrDefault(trial.classifier(), Pace.UNKNOWN);
        return left > 0 && pace.seconds(trial.recipe().epochs()) <= left;
    }

    private void cancelRunning() {
        new ArrayList<>(running.values()).forEach(TrialExecutor.Submitted::cancel);
        running.clear();
    }
}
