package io.catwalk.runner.trial;

import io.catwalk.api.Recipe;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.Normalization;
import io.catwalk.runner.evaluation.Averages;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.training.ComputeDevice;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Makes up outcomes that no training has had, for tests of how they are used. */
public final class MadeUp {

    public static final int IMAGES = 1000;

    private MadeUp() {}

    /** Makes a trial of a classifier with its defaults: a hold-out with the seed 1. */
    public static TrialSpec trial(String classifier) {
        return trial(classifier, 1, 0);
    }

    public static TrialSpec trial(String classifier, long seed, int fold) {
        return trial(classifier, seed, fold, Recipe.standard());
    }

    public static TrialSpec trial(String classifier, long seed, int fold, Recipe recipe) {
        return new TrialSpec(
                classifier,
                TrialSpec.DEFAULT_VARIANT,
                Map.of(),
                recipe,
                seed,
                fold,
                1,
                ComputeDevice.CPU,
                null,
                TrialSpec.Purpose.SHIP);
    }

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

    /** Makes up the measurement of a process: 20 calls that took the same time. */
    static LatencyBench.Measured measured(double micros, @Nullable String busy, float[] logits) {
        Histogram calls = new Histogram(3);
        calls.recordValueWithCount(Math.round(micros * 1e3), 20);
        Machine machine = new Machine("Linux 6", "amd64", "Some Processor", 2, 8L << 30);
        return LatencyBench.Measured.of(
                new Latency(2, 20, micros, null, null, null, null, busy, machine), calls, logits);
    }

    /** Makes up how many steps the optimizer made. */
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
                        steps),
                done.normalization(),
                done.provenance(),
                done.files());
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
                new Timing("2026-11-24T15:15:52Z", 61.5, trial.recipe().epochs(), 1, 12.3),
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
                List.of());
    }

    /** Writes into a folder what a trial writes: its order, history, weights, predictions and outcome. */
    public static Done leave(TrialOrder order, TrialFolder folder, int[] labels, int classes) throws IOException {
        SplittableRandom random = new SplittableRandom(order.spec().id().hashCode());
        Predictions predictions = answers(random, labels, classes);
        List<String> names =
                IntStream.range(0, classes).mapToObj(Integer::toString).toList();
        Metrics metrics = Evaluation.of(predictions, names).metrics();
        AtomicFiles.write(folder.order(), Json.JSON.writeValueAsString(order));
        folder.writeHistory(IntStream.rangeClosed(1, order.spec().recipe().epochs())
                .mapToObj(epoch -> new Epoch(epoch, 1.0 / epoch, 0.8, 1.1 / epoch, 0.79, 0.79, 0.001, 2.5))
                .toList());
        folder.writePredictions("test", predictions, HeapImages.of(1, 1, 1, new byte[labels.length], labels));
        Files.createDirectories(folder.path().resolve("model"));
        Files.write(folder.path().resolve("model/network-0000.params"), new byte[2048]);
        Done made = done(order.spec(), new TrialMetrics(metrics, metrics, metrics), efficiency(null, null), null);
        TrialInputs inputs = order.inputs();
        Done done = new Done(
                made.trial(),
                null,
                made.metrics(),
                made.overfitting(),
                null,
                made.efficiency(),
                made.timing(),
                made.normalization(),
                new Provenance(
                        inputs.pluginId(),
                        inputs.pluginVersion(),
                        inputs.pluginSha256(),
                        inputs.datasetSha256(),
                        "cd".repeat(32),
                        order.spec().threads(),
                        null,
                        null,
                        inputs.software(),
                        made.provenance().machine()),
                folder.digests());
        folder.writeOutcome(done);
        return done;
    }

    private static Predictions answers(SplittableRandom random, int[] labels, int classes) {
        float[] logits = new float[labels.length * classes];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = random.nextInt(1000) / 250f + (i % classes == labels[i / classes] ? 2.5f : 0);
        }
        return new Predictions(classes, labels, logits);
    }
}
