package io.catwalk.runner.experiment;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.trial.Timing;
import io.catwalk.runner.trial.TrialExecutor;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialNews;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the slots of an executor filled until every trial has finished or the time is over. */
final class Scheduler {

    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

    /** A trial that is lost this often stays lost. */
    private static final int MOST_LOSSES = 3;

    /** The operations of the run that the scheduler needs. */
    interface Desk {

        /** Returns outcomes of an earlier start that still count; a trial that was looked up before has none. */
        List<TrialOutcome> earlier(List<TrialSpec> trials) throws IOException;

        /** Prepares a trial that is about to begin, for the first time or again. */
        TrialOrder begin(TrialSpec trial, int attempt) throws IOException;

        /** Returns the folder of a prepared trial. */
        TrialFolder folder(TrialSpec trial);

        /** Receives the progress of a trial; called by several threads. */
        void news(TrialOrder order, TrialNews news);

        /** Called when a trial failed or was lost, and is tried once more. */
        void retrying(TrialOutcome outcome);

        /** Records a trial that has finished, and returns its outcome as it was recorded. */
        TrialOutcome finished(TrialOutcome outcome) throws IOException;
    }

    private final ExperimentSpec spec;
    private final TrialExecutor executor;
    private final RunPolicy policy;
    private final Stopwatch stopwatch;
    private final Desk desk;

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

    /** Longest times so far of the trials of a classifier. */
    private final Map<String, Pace> paces = new HashMap<>();

    Scheduler(ExperimentSpec spec, TrialExecutor executor, RunPolicy policy, Stopwatch stopwatch, Desk desk) {
        this.spec = spec;
        this.executor = executor;
        this.policy = policy;
        this.stopwatch = stopwatch;
        this.desk = desk;
    }

    /** Runs what has not finished, until everything has or the time is over. */
    void run(Outcomes finished) throws IOException, InterruptedException {
        finished.all().forEach(this::learnPace);
        try {
            // In a search, more trials may become known whenever all planned ones have an outcome.
            while (!running.isEmpty() || !waiting.isEmpty() || plan(finished)) {
                begin(finished);
                if (!running.isEmpty()) {
                    TrialSpec over = await();
                    if (over == null) {
                        return;
                    }
                    settle(over, finished);
                } else if (!waiting.isEmpty()) {
                    return; // there is not enough time for any of them
                }
            }
        } finally {
            cancelRunning();
        }
    }

    /**
     * Returns whether there is anything to do. In a search, trials become known only when others have ended. An earlier
     * start may already have done them: it went on without a trial that had failed and has now been tried again.
     */
    private boolean plan(Outcomes finished) throws IOException {
        List<TrialOutcome> earlier;
        do {
            earlier = desk.earlier(unfinished(finished));
            earlier.forEach(finished::put);
            earlier.forEach(this::learnPace);
        } while (!earlier.isEmpty());
        unfinished(finished).forEach(trial -> waiting.put(trial.id(), trial));
        return !waiting.isEmpty();
    }

    private List<TrialSpec> unfinished(Outcomes finished) {
        return spec.trials(finished).stream()
                .filter(trial -> !finished.has(trial))
                .toList();
    }

    /** Fills the slots with trials for which there is time. */
    private void begin(Outcomes finished) throws IOException {
        Iterator<TrialSpec> next = waiting.values().iterator();
        while (running.size() < executor.slots() && next.hasNext()) {
            TrialSpec trial = next.next();
            if (fits(trial)) {
                next.remove();
                submit(trial, finished);
            }
        }
    }

    private void submit(TrialSpec trial, Outcomes finished) throws IOException {
        TrialExecutor.Submitted submitted;
        try {
            TrialOrder order = desk.begin(trial, attempts.merge(trial.id(), 1, Integer::sum));
            submitted = executor.submit(order, desk.folder(trial), news -> desk.news(order, news));
        } catch (IOException e) {
            finish(new TrialOutcome.Lost(trial, Reasons.of(e)), finished);
            return;
        }
        running.put(trial.id(), submitted);
        // Whatever the outcome is, settle() reads it.
        var unused = submitted.outcome().whenComplete((outcome, failure) -> ended.add(trial));
    }

    /**
     * Waits for a trial to end; null if the time is over and none has ended before, or if running trials continue
     * without this process.
     */
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

    private void settle(TrialSpec trial, Outcomes finished) throws IOException, InterruptedException {
        TrialOutcome outcome = outcome(trial, Objects.requireNonNull(running.remove(trial.id())));
        if (outcome instanceof TrialOutcome.Failed
                && policy.retry() == RunPolicy.Retry.ONCE
                && !failedOnce.containsKey(trial.id())) {
            failedOnce.put(trial.id(), String.valueOf(outcome.error()));
            again(outcome);
        } else if (outcome instanceof TrialOutcome.Lost
                && !executor.isOver()
                && lost.merge(trial.id(), 1, Integer::sum) < MOST_LOSSES) {
            again(outcome);
        } else {
            finish(outcome, finished);
        }
    }

    private void again(TrialOutcome outcome) {
        desk.retrying(outcome);
        waiting.put(outcome.trial().id(), outcome.trial());
    }

    private void finish(TrialOutcome outcome, Outcomes finished) throws IOException {
        TrialOutcome last =
                desk.finished(outcome.afterRetry(failedOnce.get(outcome.trial().id())));
        finished.put(last);
        learnPace(last);
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

    private void learnPace(TrialOutcome outcome) {
        if (outcome instanceof TrialOutcome.Done done) {
            paces.merge(done.trial().classifier(), Pace.of(done.timing()), Pace::most);
        }
    }

    /** Returns whether there is time for a trial, estimated from others of its classifier. */
    private boolean fits(TrialSpec trial) {
        if (policy.budget() == null) {
            return true;
        }
        double left = policy.budget().minus(stopwatch.elapsed()).toMillis() / 1e3;
        Pace pace = paces.getOrDefault(trial.classifier(), Pace.UNKNOWN);
        return left > 0 && pace.seconds(trial.recipe().epochs()) <= left;
    }

    private void cancelRunning() {
        if (executor.outlivesUs()) {
            return;
        }
        new ArrayList<>(running.values()).forEach(TrialExecutor.Submitted::cancel);
        running.clear();
    }

    /**
     * Holds the time that a trial takes: the time of an epoch, and that of everything else (loading, evaluation, export).
     *
     * @param once seconds of everything else
     * @param epoch seconds per epoch
     */
    record Pace(double once, double epoch) {

        /** Nothing is known yet. */
        static final Pace UNKNOWN = new Pace(0, 0);

        /** Computes it from a trial that has ended. */
        static Pace of(Timing timing) {
            double epochs = Math.min(timing.totalSeconds(), timing.secondsPerEpoch() * timing.epochs());
            return new Pace(timing.totalSeconds() - epochs, epochs / Math.max(1, timing.epochs()));
        }

        /** Returns the slower of both, in each part. */
        Pace most(Pace other) {
            return new Pace(Math.max(once, other.once), Math.max(epoch, other.epoch));
        }

        /** Returns the seconds of a trial with this many epochs. */
        double seconds(int epochs) {
            return once + epoch * epochs;
        }
    }

    /**
     * Measures how long a run takes, including the time before it was interrupted.
     *
     * @param clock returns the time
     * @param firstStart moment of the first start of the run
     * @param before seconds that were recorded before this start
     * @param start moment of this start
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
