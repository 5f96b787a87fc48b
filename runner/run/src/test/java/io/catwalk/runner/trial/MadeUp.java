package io.catwalk.runner.trial;

import io.catwalk.api.Recipe;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.evaluation.Metrics.Averages;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.latency.LatencyBench;
import io.catwalk.runner.latency.Machine;
import io.catwalk.runner.training.ComputeDevice;
import io.catwalk.runner.trial.TrialOutcome.Done;
import io.catwalk.runner.trial.TrialOutcome.Provenance;
import io.catwalk.runner.trial.TrialOutcome.Timing;
import io.catwalk.runner.trial.TrialOutcome.TrialMetrics;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Makes up outcomes that no training has had, for tests of how they are used. */
public final class MadeUp {

    public static final int IMAGES = 1000;
    public static final Machine MACHINE = new Machine("Linux 6", "amd64", "Some Processor", 2, 8L << 30);

    private MadeUp() {}

    /** Makes a trial of a classifier with its defaults: a hold-out with the seed 1. */
    public static TrialSpec trial(String classifier) {
        return trial(classifier, 1, 0);
    }

    public static TrialSpec trial(String classifier, long seed, int fold) {
        return trial(classifier, seed, fold, Recipe.standard());
    }

    public static TrialSpec trial(String classifier, long seed, int fold, Recipe recipe) {
        return trial(classifier, Map.of(), seed, fold, recipe);
    }

    public static TrialSpec trial(
            String classifier, Map<String, Object> hyperparameters, long seed, int fold, Recipe recipe) {
        return new TrialSpec(
                classifier,
                TrialSpec.DEFAULT_VARIANT,
                hyperparameters,
                recipe,
                seed,
                fold,
                1,
                ComputeDevice.CPU,
                null,
                TrialSpec.Purpose.SHIP,
                null,
                null,
                null);
    }

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
        Long onnx = onnxruntime == null ? null : 410_000L;
        return new Efficiency(100_000L, 4_000_000L, 400_000, onnx, 60.0, 900.0, 70, 700_000_000L, pytorch, onnxruntime);
    }

    public static final Latency.Busy BUSY = new Latency.Busy(Latency.Busy.Cause.OTHERS, 0.8);

    /** Makes up a latency that one process measured. */
    public static Latency latency(
            int threads,
            int calls,
            double p50,
            @Nullable Double p90,
            @Nullable Double p99,
            @Nullable Double small,
            @Nullable Double large,
            Latency.@Nullable Busy busy,
            Machine machine) {
        double only = Double.isFinite(p50) ? p50 : 0;
        Interval range = new Interval(only, only);
        return new Latency(threads, calls, p50, p90, p99, small, large, 1, range, null, null, List.of(), busy, machine);
    }

    /** Makes up the measurement of a process: 20 calls that took the same time. */
    public static LatencyBench.Measured measured(double micros, Latency.@Nullable Busy busy, float[] logits) {
        Histogram calls = new Histogram(3);
        calls.recordValueWithCount(Math.round(micros * 1e3), 20);
        Latency latency = latency(2, 20, micros, null, null, null, null, busy, MACHINE);
        return LatencyBench.Measured.of(latency, calls, logits);
    }

    public static Done inSteps(Done done, long steps) {
        Timing timing = done.timing();
        return new Done(
                done.trial(),
                null,
                done.metrics(),
                done.overfitting(),
                done.parity(),
                done.efficiency(),
                new Timing(
                        timing.startedAt(),
                        timing.totalSeconds(),
                        timing.epochs(),
                        timing.bestEpoch(),
                        timing.secondsPerEpoch(),
                        steps,
                        null),
                done.normalization(),
                done.provenance(),
                done.files(),
                null);
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
                metrics.overfitting(),
                parity,
                efficiency,
                new Timing("2026-11-24T15:15:52Z", 61.5, trial.recipe().epochs(), 1, 12.3, null, null),
                new Normalization(new float[] {0.286f}, new float[] {0.353f}),
                new Provenance(
                        trial.classifier(),
                        "0.1.0",
                        "ab".repeat(32),
                        "0".repeat(64),
                        "cd".repeat(32),
                        trial.threads(),
                        null,
                        null,
                        new Software("0.1.0", "0.36.0", "2.7.1", "1.29.0", "Debian 17.0.13"),
                        new Machine("Linux 6.1", "amd64", "AMD EPYC", 2, 16L << 30)),
                List.of(),
                null);
    }
}
