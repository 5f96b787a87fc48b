package io.catwalk.runner.cli;

import io.catwalk.runner.experiment.ExperimentListener;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.latency.LatencySettings;
import io.catwalk.runner.report.Wording;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.trial.ParityResult;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialOutcome.Done;
import io.catwalk.runner.trial.TrialSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows the progress of an experiment: bars on a terminal, one line per epoch elsewhere. */
abstract class ProgressView implements ExperimentListener, AutoCloseable {

    private static final int NAME = 24;

    private final Set<String> told = new HashSet<>();
    final Console console;

    private ProgressView(Console console) {
        this.console = console;
    }

    @SuppressWarnings("SystemConsoleNull") // the launcher sets jdk.console, which brings null back on a JDK from 22 on
    static ProgressView of(Console console, ExperimentSpec spec, boolean measures) {
        return System.console() == null ? new Lines(console) : new Bars(console, spec, measures);
    }

    @Override
    public void close() {}

    @Override
    public final synchronized void unmeasured(TrialSpec trial, String reason) {
        note(trial.title() + ": latency not measured: " + reason);
    }

    @Override
    public final synchronized void measuredBusy(TrialSpec trial, Latency.Busy busy, RunFolder run) {
        note(trial.title() + ": latency measured while " + Wording.busy(busy) + "; catwalk bench " + run.path()
                + " measures again");
    }

    /** Notes, once for each classifier, which initial weights it started from, if any. */
    final void noteStart(TrialOutcome outcome) {
        String label = outcome.trial().label();
        if (outcome instanceof Done done && done.provenance().transfer() != null && told.add(label)) {
            note(label + ": " + done.provenance().transfer().sentence());
        }
    }

    /** Returns the place and attempt of a trial, unless it is the first attempt on this machine. */
    static String where(int attempt, String place) {
        return (place.isEmpty() ? "" : " on " + place) + (attempt == 1 ? "" : ", attempt " + attempt);
    }

    static ProgressBar bar(String name, long steps) {
        String safe = Console.harmless(name, NAME * 2);
        return new ProgressBarBuilder()
                .setTaskName(safe.length() > NAME ? safe.substring(0, NAME - 1) + "~" : safe)
                .setInitialMax(steps)
                .setStyle(ProgressBarStyle.ASCII)
                .setMaxRenderedLength(Math.min(Console.terminalColumns(), 80) - 1)
                .clearDisplayOnFinish()
                .build();
    }

    private static final class Lines extends ProgressView {

        Lines(Console console) {
            super(console);
        }

        @Override
        public synchronized void kept(Collection<TrialSpec> trials) {
            if (!trials.isEmpty()) {
                console.note(trials.size() + (trials.size() == 1 ? " trial is" : " trials are") + " done already");
            }
        }

        @Override
        public synchronized void note(String text) {
            console.note(text);
        }

        @Override
        public synchronized void started(TrialSpec trial, int attempt, String place) {
            console.note(trial.title() + ": started" + where(attempt, place));
        }

        @Override
        public synchronized void epoch(TrialSpec trial, Epoch epoch) {
            console.note(String.format(
                    Locale.ROOT,
                    "%s: epoch %d of %d, loss %.4f, validation accuracy %.2f %%, %.1f s",
                    trial.title(),
                    epoch.epoch(),
                    trial.recipe().epochs(),
                    epoch.trainLoss(),
                    epoch.validationAccuracy() * 100,
                    epoch.seconds()));
            if (epoch.epoch() == trial.recipe().epochs()) {
                console.note(trial.title() + ": trained; evaluating"
                        + (trial.purpose() == TrialSpec.Purpose.SHIP ? ", exporting, cross-checking" : ""));
            }
        }

        @Override
        public synchronized void finished(TrialOutcome outcome) {
            String came = "failed: " + outcome.error();
            if (outcome instanceof Done done) {
                ParityResult parity = done.parity();
                came = "done" + (parity == null || parity.agrees() ? "" : "; ONNX: " + Wording.parity(parity));
            }
            console.note(outcome.trial().title() + ": " + came);
            noteStart(outcome);
        }

        @Override
        public synchronized void measuring(TrialSpec trial, int number, int of) {
            console.note(trial.title() + ": measuring the latency, " + number + " of " + of);
        }
    }

    /** A bar for the whole run, with the remaining time, and one for each running trial. */
    private static final class Bars extends ProgressView {

        private final int planned;
        private final ProgressBar whole;
        private final Map<TrialSpec, ProgressBar> running = new HashMap<>();
        private final List<String> notes = new ArrayList<>();
        private final ProgressCount count;
        private int done;
        private int failed;

        Bars(Console console, ExperimentSpec spec, boolean measures) {
            super(console);
            planned = spec.planned();
            int networks = spec.tuning() == null ? spec.classifiers().size() : 1;
            int turns = measures ? networks * LatencySettings.standard().processes() : 0;
            count = new ProgressCount(spec.plannedEpochs(), planned, turns);
            whole = bar("all", count.all());
            show();
        }

        @Override
        public synchronized void kept(Collection<TrialSpec> trials) {
            done += trials.size();
            trials.forEach(count::kept);
            step();
            show();
        }

        @Override
        public synchronized void note(String text) {
            notes.add(text);
        }

        @Override
        public synchronized void started(TrialSpec trial, int attempt, String place) {
            ProgressBar bar = bar(trial.title(), ProgressCount.all(trial));
            bar.setExtraMessage(where(attempt, place));
            ProgressBar earlier = running.put(trial, bar);
            if (earlier != null) { // the earlier attempt failed
                earlier.close();
            }
            count.reached(trial, 0);
            step();
        }

        @Override
        public synchronized void epoch(TrialSpec trial, Epoch epoch) {
            ProgressBar bar = running.get(trial);
            if (bar == null) {
                return;
            }
            bar.stepTo(epoch.epoch());
            bar.setExtraMessage(
                    epoch.epoch() == trial.recipe().epochs()
                            ? " finishing"
                            : String.format(Locale.ROOT, " %.1f%%", epoch.validationAccuracy() * 100));
            count.reached(trial, epoch.epoch());
            step();
        }

        @Override
        public synchronized void finished(TrialOutcome outcome) {
            ProgressBar bar = running.remove(outcome.trial());
            if (bar != null) {
                bar.close();
            }
            count.finished(outcome.trial());
            step();
            noteStart(outcome);
            if (outcome instanceof Done) {
                done++;
            } else {
                failed++;
            }
            show();
        }

        @Override
        public synchronized void measuring(TrialSpec trial, int number, int of) {
            count.measuring(number, of);
            step();
            whole.setExtraMessage(" measuring latency " + number + "/" + of);
        }

        private void step() {
            whole.maxHint(count.all());
            whole.stepTo(count.done());
        }

        private void show() {
            whole.setExtraMessage(" " + done + "/" + planned + " done" + (failed > 0 ? ", " + failed + " failed" : ""));
        }

        @Override
        public synchronized void close() {
            running.values().forEach(ProgressBar::close);
            whole.close();
            notes.forEach(console::note);
        }
    }

    /**
     * Counts the progress of a run in steps: one for each epoch, one for what follows a trial's last epoch (evaluation,
     * export, cross-check), one for each turn of a network that is measured, and one for the end of the run. So a run is at
     * 100 % only when nothing is left to do. The share that is done never falls.
     */
    static final class ProgressCount {

        private final Map<TrialSpec, Integer> under = new HashMap<>();

        private final long measurements;

        private long all;
        private long finished;
        private long measured;
        private long most;

        /** Counts the steps of a run; how often it measures is known in the end, and only estimated here. */
        ProgressCount(long epochs, int trials, long measurements) {
            this.measurements = measurements;
            all = epochs + trials + measurements + 1;
        }

        static int all(TrialSpec trial) {
            return trial.epochs() + 1;
        }

        void kept(TrialSpec trial) {
            all -= all(trial);
        }

        /** Records that an epoch ended; 0 when a trial starts. One that starts again has to catch up first. */
        void reached(TrialSpec trial, int epoch) {
            under.put(trial, epoch);
        }

        /** Records that a trial has ended; epochs that it did not run count as done. */
        void finished(TrialSpec trial) {
            under.remove(trial);
            finished += all(trial);
        }

        /** Records that all training is over, and that the measurement with this number, from 1, begins. */
        void measuring(int number, int of) {
            measured = measurements * (number - 1) / of;
        }

        long all() {
            return all;
        }

        long done() {
            long running = under.values().stream().mapToLong(Integer::longValue).sum();
            most = Math.max(most, finished + running + measured);
            return most;
        }
    }
}
