package io.catwalk.runner.cli;

import io.catwalk.runner.experiment.ExperimentListener;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.trial.ParityResult;
import io.catwalk.runner.trial.TrialResult;
import io.catwalk.runner.trial.TrialSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how an experiment goes on: a bar on a terminal, a line an epoch elsewhere. */
abstract class ProgressView implements ExperimentListener, AutoCloseable {

    private ProgressView() {}

    @SuppressWarnings("SystemConsoleNull") // the launcher sets jdk.console, which brings null back on a JDK from 22 on
    static ProgressView of(Console console, ExperimentSpec spec) {
        return System.console() == null ? new Lines(console) : new Bar(console, spec);
    }

    @Override
    public void close() {}

    private static final class Lines extends ProgressView {

        private final Console console;

        Lines(Console console) {
            this.console = console;
        }

        @Override
        public synchronized void started(TrialSpec trial) {
            console.note(trial.title() + ": started");
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
        }

        @Override
        public synchronized void finished(TrialSpec trial, TrialResult result) {
            String outcome = result.status() == TrialResult.Status.DONE ? "done" : "failed: " + result.error();
            ParityResult parity = result.parity();
            String file = parity == null || parity.agrees() ? "" : "; ONNX: " + parity.sentence();
            console.note(trial.title() + ": " + outcome + file);
        }

        @Override
        public synchronized void measuring(int trials) {
            console.note("measuring the latency of " + trials + (trials == 1 ? " network" : " networks"));
        }

        @Override
        public synchronized void unmeasured(TrialSpec trial, String reason) {
            console.note(trial.title() + ": latency not measured: " + reason);
        }
    }

    private static final class Bar extends ProgressView {

        private final ProgressBar bar;
        private final int trials;
        private int ended;
        private int failed;
        private final Console console;
        private final List<String> unmeasured = new ArrayList<>();

        Bar(Console console, ExperimentSpec spec) {
            this.console = console;
            trials = spec.trials().size();
            long epochs = spec.trials().stream()
                    .mapToLong(trial -> trial.recipe().epochs())
                    .sum();
            bar = new ProgressBarBuilder()
                    .setTaskName("epochs")
                    .setInitialMax(epochs)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setMaxRenderedLength(79)
                    .build();
        }

        @Override
        public synchronized void started(TrialSpec trial) {
            show(trial.label());
        }

        @Override
        public synchronized void epoch(TrialSpec trial, Epoch epoch) {
            bar.step();
            show(String.format(Locale.ROOT, "%s %.1f%%", trial.label(), epoch.validationAccuracy() * 100));
        }

        @Override
        public synchronized void finished(TrialSpec trial, TrialResult result) {
            ended++;
            failed += result.status() == TrialResult.Status.FAILED ? 1 : 0;
            show(trial.label() + (result.status() == TrialResult.Status.DONE ? " done" : " failed"));
        }

        @Override
        public synchronized void measuring(int count) {
            show("latency");
        }

        @Override
        public synchronized void unmeasured(TrialSpec trial, String reason) {
            unmeasured.add(trial.title() + ": latency not measured: " + reason);
        }

        private void show(String latest) {
            bar.setExtraMessage(
                    " " + ended + "/" + trials + (failed > 0 ? ", " + failed + " failed" : "") + " " + latest);
        }

        @Override
        public void close() {
            bar.close();
            unmeasured.forEach(console::note);
        }
    }
}
