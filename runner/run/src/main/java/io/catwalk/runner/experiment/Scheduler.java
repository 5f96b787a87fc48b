package io.catwalk.runner.experiment;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.trial.TrialExecutor;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands over the outcomes of trials as they end, and keeps the slots of an executor filled meanwhile, until every trial
 * has finished or the time is over. Closing it cancels what still runs.
 */
final class Scheduler implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

    /** A trial that is lost this often stays lost. */
    private static final int MOST_LOSSES = 3;

    /** The trials of a run. */
    interface Trials {

        /** Lists those without an outcome. In a search, more become known once all of them have one. */
        List<TrialSpec> left() throws IOException;

        /** Submits a trial to the executor, for the first time or again. */
        TrialExecutor.Submitted submit(TrialSpec trial, int attempt) throws IOException;
    }

    private final Trials trials;
    private final Outcomes finished;
    private final TrialExecutor executor;
    private final RunPolicy policy;
    private final Stopwatch stopwatch;
    private final Consumer<String> note;

    /** Trials that have not begun, by id, in the order of the request. */
    private final Map<String, TrialSpec> waiting = new LinkedHashMap<>();

    /** Trials that are running, by id, and those that have just ended. */
    private final Map<String, TrialExecutor.Submitted> running = new LinkedHashMap<>();

    private final BlockingQueue<TrialSpec> ended = new LinkedBlockingQueue<>();

    /** Reasons of the first failures of trials that are tried again, by id. */
    private final Map<String, String> failedOnce = new HashMap<>();

    /** How often a trial was begun, by id. */
    private final Map<String, Integer> attempts = new HashMap<>();

    /** How often a trial was lost, by id. */
    private final Map<String, Integer> lost = new HashMap<>();

    /** Schedules trials; what is handed over is added to {@code finished} before the next is asked for. */
    Scheduler(
            Trials trials,
            Outcomes finished,
            TrialExecutor executor,
            RunPolicy policy,
            Stopwatch stopwatch,
            Consumer<String> note) {
        this.trials = trials;
        this.finished = finished;
        this.executor = executor;
        this.policy = policy;
        this.stopwatch = stopwatch;
        this.note = note;
    }

    /** Waits for the next outcome; null once every trial has one, or the time is over. */
    @Nullable
    TrialOutcome next() throws IOException, InterruptedException {
        while (!running.isEmpty() || !waiting.isEmpty() || plan()) {
            TrialOutcome outcome = begin();
            if (outcome == null) {
                TrialSpec over = running.isEmpty() ? null : await();
                if (over == null) {
                    return null; // for what runs or waits, there is not enough time
                }
                outcome = settled(over);
            }
            if (outcome != null) {
                return outcome.afterRetry(failedOnce.get(outcome.trial().id()));
            }
        }
        return null;
    }

    private boolean plan() throws IOException {
        trials.left().forEach(trial -> waiting.put(trial.id(), trial));
        return !waiting.isEmpty();
    }

    /** Fills the slots with trials for which there is time; returns the outcome of one that could not be begun. */
    private @Nullable TrialOutcome begin() {
        Iterator<TrialSpec> next = waiting.values().iterator();
        while (running.size() < executor.slots() && next.hasNext()) {
            TrialSpec trial = next.next();
            if (!fits(trial)) {
                continue;
            }
            next.remove();
            try {
                TrialExecutor.Submitted submitted = trials.submit(trial, attempts.merge(trial.id(), 1, Integer::sum));
                running.put(trial.id(), submitted);
                // Whatever the outcome is, settled() reads it.
                var unused = submitted.outcome().whenComplete((outcome, failure) -> ended.add(trial));
            } catch (IOException e) {
                return new TrialOutcome.Lost(trial, Reasons.of(e));
            }
        }
        return null;
    }

    /** Waits for a trial to end; null if the time is over and none has, or if running trials outlive this process. */
    private @Nullable TrialSpec await() throws InterruptedException {
        if (executor.outlivesUs()) {
            return ended.poll();
        }
        Duration budget = policy.budget();
        if (budget == null) {
            return ended.take();
        }
        long left = budget.minus(stopwatch.elapsed()).toMillis();
        return ended.poll(Math.max(0, left), TimeUnit.MILLISECONDS);
    }

    /** Returns the outcome of a trial that has ended; null if it is tried again. */
    private @Nullable TrialOutcome settled(TrialSpec trial) throws InterruptedException {
        TrialOutcome outcome = outcome(trial, Objects.requireNonNull(running.remove(trial.id())));
        if (outcome instanceof TrialOutcome.Failed
                && policy.retries()
                && failedOnce.putIfAbsent(trial.id(), String.valueOf(outcome.error())) == null) {
            note.accept(trial.title() + ": failed, trying once more: " + outcome.error());
        } else if (outcome instanceof TrialOutcome.Lost
                && !executor.isOver()
                && lost.merge(trial.id(), 1, Integer::sum) < MOST_LOSSES) {
            note.accept(trial.title() + ": lost, trying again: " + outcome.error());
        } else {
            return outcome;
        }
        waiting.put(trial.id(), trial);
        return null;
    }

    /** Returns the outcome; if the executor fails, the trial is lost, since that says nothing about it. */
    private static TrialOutcome outcome(TrialSpec trial, TrialExecutor.Submitted submitted)
            throws InterruptedException {
        try {
            return submitted.outcome().get();
        } catch (CancellationException e) {
            throw new InterruptedException("the trial was stopped");
        } catch (ExecutionException | CompletionException e) {
            LOG.error("{} was lost", trial.title(), e);
            return new TrialOutcome.Lost(trial, Reasons.of(e.getCause()));
        }
    }

    /** Returns whether there is time for a trial, estimated from others of its classifier. */
    private boolean fits(TrialSpec trial) {
        if (policy.budget() == null) {
            return true;
        }
        double left = policy.budget().minus(stopwatch.elapsed()).toMillis() / 1e3;
        return left > 0 && finished.pace(trial.classifier()).seconds(trial.epochs()) <= left;
    }

    @Override
    public void close() {
        if (!executor.outlivesUs()) {
            running.values().forEach(TrialExecutor.Submitted::cancel);
        }
    }

    /**
     * Measures how long a run takes, including the time before it was interrupted.
     *
     * @param before seconds that were recorded before this start
     */
    record Stopwatch(Clock clock, Instant firstStart, double before, Instant start) {

        /** Starts, or continues from the time in the journal of the run. */
        static Stopwatch resume(Journal.Content journal, Clock clock) {
            Instant now = clock.instant();
            Journal.Head head = journal.head();
            double before = journal.entries().stream()
                    .mapToDouble(Journal.Entry::seconds)
                    .max()
                    .orElse(0);
            return new Stopwatch(clock, head == null ? now : Instant.parse(head.startedAt()), before, now);
        }

        /** Returns how long this start has lasted. */
        Duration elapsed() {
            return Duration.between(start, clock.instant());
        }

        /** Returns how long the run has lasted altogether. */
        double seconds() {
            return before + elapsed().toMillis() / 1e3;
        }
    }
}
