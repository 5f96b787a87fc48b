package io.catwalk.runner.trial;

import io.catwalk.runner.data.Normalization;
import io.catwalk.runner.evaluation.Averages;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.evaluation.Overfitting;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes outcomes up that no training has had, for tests of what is done with them. */
public final class MadeUp {

    public static final int IMAGES = 1000;

    private MadeUp() {}

    /** Makes metrics that all follow from an accuracy. */
    public static Metrics metrics(double accuracy) {
        return metrics(accuracy, new Averages(accuracy, accuracy, accuracy, accuracy, accuracy));
    }

    public static Metrics metrics(double accuracy, Averages macro) {
        Interval interval = Interval.wilson((int) Math.round(accuracy * IMAGES), IMAGES, 0.95);
        return metrics(accuracy, interval, macro);
    }

    public static Metrics metrics(double accuracy, Interval interval, Averages macro) {
        Averages equal = new Averages(accuracy, accuracy, accuracy, accuracy, accuracy);
        return new Metrics(
                IMAGES,
                accuracy,
                interval.low(),
                interval.high(),
                macro,
                equal,
                equal,
                accuracy,
                accuracy,
                accuracy,
                1 - accuracy,
                Math.min(1, accuracy + 0.05),
                accuracy,
                0.02);
    }

    public static Efficiency efficiency(@Nullable Latency pytorch, @Nullable Latency onnxruntime) {
        return new Efficiency(
                100_000,
                4_000_000L,
                400_000,
                onnxruntime == null ? null : 410_000L,
                60,
                900,
                70,
                700_000_000L,
                pytorch,
                onnxruntime);
    }

    public static Done done(TrialSpec trial, double accuracy) {
        return done(trial, metrics(accuracy), metrics(Math.min(1, accuracy + 0.02)), efficiency(null, null), null);
    }

    public static Done done(
            TrialSpec trial, Metrics test, Metrics train, Efficiency efficiency, @Nullable ParityResult parity) {
        return done(trial, new TrialMetrics(test, test, train), efficiency, parity);
    }

    public static Done done(
            TrialSpec trial, TrialMetrics metrics, Efficiency efficiency, @Nullable ParityResult parity) {
        return new Done(
                trial,
                null,
                metrics,
                new Overfitting(
                        metrics.train().accuracy(),
                        metrics.validation().accuracy(),
                        metrics.test().accuracy(),
                        IMAGES),
                parity,
                efficiency,
                new Timing("2026-11-24T15:15:52Z", 61.5, trial.recipe().epochs(), 1, 12.3),
                new Normalization(new float[] {0.286f}, new float[] {0.353f}),
                new Provenance(
                        trial.classifier(),
                        "0.1.0",
                        "ab".repeat(32),
                        "0".repeat(64),
                        "cd".repeat(32),
                        trial.threads(),
                        new Software("0.1.0", "0.36.0", "2.7.1", "1.29.0", "Debian 17.0.13"),
                        new Machine("Linux 6.1", "amd64", "AMD EPYC", 2, 16L << 30)),
                List.of());
    }
}
