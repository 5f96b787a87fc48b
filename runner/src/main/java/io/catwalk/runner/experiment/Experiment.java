package io.catwalk.runner.experiment;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.Split;
import io.catwalk.runner.plugin.LoadedClassifier;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.trial.InferenceEngine;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.LatencyBench;
import io.catwalk.runner.trial.LatencySettings;
import io.catwalk.runner.trial.Provenance;
import io.catwalk.runner.trial.TrialBench;
import io.catwalk.runner.trial.TrialExecutor;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialResult;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * Runs the trials of one experiment, or those that an interrupted run has left, then measures the trained
 * networks one by one on the machine that is quiet again.
 */
public final class Experiment {

    private static final Logger LOG = LoggerFactory.getLogger(Experiment.class);

    private final ExperimentSpec spec;
    private final PluginCatalog catalog;
    private final Path dataHome;
    private final Path pluginsDir;
    private final Clock clock;
    private final ImageDataset dataset;
    private final Split split;
    private final int judging;
    private final LatencySettings latencySettings = LatencySettings.standard();

    /**
     * Prepares an experiment: loads the data and checks that every recipe can be trained on it, before
     * anything is written.
     *
     * @param spec the request, in full
     * @param catalog the plugins; it stays open
     * @param dataHome the folder that holds the known data sets
     * @param pluginsDir the folder of the plugin jars
     * @param clock tells the time
     * @throws RequestException if something about the data, a classifier or a recipe is wrong
     */
    public Experiment(ExperimentSpec spec, PluginCatalog catalog, Path dataHome, Path pluginsDir, Clock clock) {
        this.spec = spec;
        this.catalog = catalog;
        this.dataHome = dataHome.toAbsolutePath();
        this.pluginsDir = pluginsDir.toAbsolutePath();
        this.clock = clock;
        dataset = spec.dataset().load(dataHome);
        var images = spec.split().split(dataset, Math.min(1, spec.split().folds()));
        split = images.split();
        judging = images.dataset().test().size();
        for (Contestant one : spec.classifiers()) {
            catalog.require(one.name());
            if (one.recipe().batchSize() > split.train().length) {
                throw new RequestException("batch size must be at most the number of training images, "
                        + split.train().length + ", but is " + one.recipe().batchSize() + " for " + one.name()
                        + ": choose a smaller --batch-size or a larger --limit-train");
            }
        }
    }

    /**
     * Runs what is not done yet, to the end. What has finished stands in the run folder at any moment.
     *
     * @param run a run folder with this request, which nobody else works on
     * @param executor runs the trials
     * @param bench measures the trained networks at the end; null leaves that out
     * @param conduct how
     * @param listener is told how it goes on
     * @return the outcome of every trial
     * @throws RequestException if the run folder holds what no run has written; it is then as it was
     * @throws IOException if the run folder cannot be written any more
     * @throws InterruptedException if the calling thread is interrupted
     */
    public Results run(
            RunFolder run,
            TrialExecutor executor,
            @Nullable LatencyBench bench,
            Conduct conduct,
            ExperimentListener listener)
            throws IOException, InterruptedException {
        Stopwatch stopwatch = Stopwatch.resume(run, clock);
        Map<TrialSpec, TrialResult> finished = finished(run, listener);
        listener.kept(List.copyOf(finished.keySet()));
        run.writeResults(results(run, stopwatch, finished, List.of()));
        Scheduler.Desk desk = desk(run, listener, stopwatch, finished);
        List<TrialSpec> left = new Scheduler(spec, executor, conduct, stopwatch, desk).run(finished);
        if (bench != null) {
            measure(run, new TrialBench(bench, latencySettings, dataset), listener, finished);
        }
        Results results = results(run, stopwatch, finished, left).compared(run, spec, finished);
        run.writeResults(results);
        return results;
    }

    private Scheduler.Desk desk(
            RunFolder run, ExperimentListener listener, Stopwatch stopwatch, Map<TrialSpec, TrialResult> finished) {
        return new Scheduler.Desk() {
            @Override
            public TrialOrder begin(TrialSpec trial) throws IOException {
                TrialFolder folder = run.createTrial(trial);
                listener.started(trial);
                return order(trial, folder);
            }

            @Override
            public void epoch(TrialSpec trial, Epoch epoch) {
                listener.epoch(trial, epoch);
            }

            @Override
            public void retrying(TrialSpec trial, TrialResult failed) {
                listener.note(trial.title() + ": failed and is tried once more: " + failed.error());
            }

            @Override
            public void finished(TrialSpec trial, TrialResult result) throws IOException {
                run.trial(trial).writeResult(result);
                record(run, trial, result);
                Map<TrialSpec, TrialResult> all = new LinkedHashMap<>(finished);
                all.put(trial, result);
                run.writeResults(results(run, stopwatch, all, List.of()));
                listener.finished(trial, result);
            }
        };
    }

    /** Reads what an earlier run of this request has finished, and still holds. */
    private Map<TrialSpec, TrialResult> finished(RunFolder run, ExperimentListener listener) throws IOException {
        Journal.Content journal = run.journal().readAndRepair();
        if (journal.repaired()) {
            listener.note("the last line of the journal was not written to its end, and was cut off");
        }
        Map<String, Journal.Entry> entries = new LinkedHashMap<>();
        journal.entries().forEach(entry -> entries.put(entry.trial(), entry));
        return spec.gather(trial -> finished(run, trial, entries.get(trial.folder()), listener));
    }

    /** Returns the outcome of a trial that is done and that the same things would make again; otherwise null. */
    private @Nullable TrialResult finished(
            RunFolder run, TrialSpec trial, Journal.@Nullable Entry entry, ExperimentListener listener)
            throws IOException {
        TrialFolder folder = run.trial(trial);
        TrialResult result = readIfThere(folder);
        if (result == null || result.status() != TrialResult.Status.DONE || result.provenance() == null) {
            return null;
        }
        TrialKey key = key(order(trial, folder));
        if (!key.equals(TrialKey.of(order(trial, folder), result.provenance()))
                || (entry != null && !entry.key().equals(key.digest()))) {
            listener.note(trial.title() + ": is run again, since " + staleness(trial, result.provenance()));
            return null;
        }
        if (entry == null) {
            record(run, trial, result); // it was done when the run was stopped, and only that was not written
        }
        return result;
    }

    private static @Nullable TrialResult readIfThere(TrialFolder folder) {
        try {
            return Files.exists(folder.result()) ? folder.readResult() : null;
        } catch (IOException | JacksonException e) {
            LOG.warn("{} cannot be read, and is made again", folder.result(), e);
            return null;
        }
    }

    private String staleness(TrialSpec trial, Provenance then) {
        LoadedClassifier now = catalog.require(trial.classifier());
        if (!then.pluginSha256().equals(now.jarSha256())) {
            return "its plugin is another jar now (" + now.jar().getFileName() + ")";
        }
        return then.datasetSha256().equals(dataset.sha256())
                ? "it was made from another request"
                : "the images of " + dataset.name() + " have changed";
    }

    private TrialKey key(TrialOrder order) {
        LoadedClassifier plugin = catalog.require(order.spec().classifier());
        return TrialKey.of(order, plugin.pluginId(), plugin.version(), plugin.jarSha256(), dataset.sha256());
    }

    private void record(RunFolder run, TrialSpec trial, TrialResult result) throws IOException {
        String status = result.status() == TrialResult.Status.DONE ? "done" : "failed";
        String key = key(order(trial, run.trial(trial))).digest();
        run.journal().append(new Journal.Entry(trial.folder(), key, status));
    }

    /** Measures the networks that are for use and were not measured yet. */
    private void measure(
            RunFolder run, TrialBench bench, ExperimentListener listener, Map<TrialSpec, TrialResult> finished)
            throws IOException, InterruptedException {
        List<TrialSpec> trained = finished.keySet().stream()
                .filter(trial -> trial.purpose() == TrialSpec.Purpose.SHIP)
                .filter(trial -> Objects.requireNonNull(finished.get(trial)).status() == TrialResult.Status.DONE)
                .filter(trial -> !Objects.requireNonNull(finished.get(trial))
                        .isMeasured(run.trial(trial).engines()))
                .toList();
        for (int i = 0; i < trained.size(); i++) {
            TrialSpec trial = trained.get(i);
            listener.measuring(trial, i + 1, trained.size());
            TrialFolder folder = run.trial(trial);
            TrialResult result = Objects.requireNonNull(finished.get(trial));
            TrialBench.Outcome outcome = bench.measure(
                    order(trial, folder), Objects.requireNonNull(result.normalization()), trial.threads());
            outcome.problems().forEach(problem -> listener.unmeasured(trial, problem));
            outcome.busy().ifPresent(busy -> listener.note(trial.title() + ": latency measured while " + busy));
            for (Map.Entry<InferenceEngine, Latency> latency :
                    outcome.latencies().entrySet()) {
                result = result.withLatency(latency.getKey(), latency.getValue());
            }
            finished.put(trial, result);
            folder.writeResult(result);
        }
    }

    private TrialOrder order(TrialSpec trial, TrialFolder folder) {
        return new TrialOrder(
                trial,
                spec.dataset(),
                spec.split(),
                dataHome,
                pluginsDir,
                folder.path().toAbsolutePath());
    }

    private Results results(
            RunFolder run, Stopwatch stopwatch, Map<TrialSpec, TrialResult> finished, List<TrialSpec> left) {
        List<TrialResult> inOrder = spec.trials(finished).stream()
                .filter(finished::containsKey)
                .map(trial -> Objects.requireNonNull(finished.get(trial)))
                .toList();
        return new Results(
                ExperimentSpec.SCHEMA,
                new Results.Summary(
                        String.valueOf(run.path().toAbsolutePath().normalize().getFileName()),
                        spec.command(),
                        stopwatch.firstStart().toString(),
                        stopwatch.seconds(),
                        spec.planned(),
                        inOrder.size(),
                        left.stream().map(TrialSpec::title).toList(),
                        spec.seeds(),
                        spec.split().folds(),
                        spec.split().repeats(),
                        spec.jobs(),
                        spec.threads()),
                new Results.Dataset(
                        dataset.name(),
                        dataset.sha256(),
                        dataset.classes(),
                        dataset.train().channels(),
                        dataset.train().height(),
                        dataset.train().width(),
                        split.train().length,
                        split.validation().length,
                        judging),
                inOrder,
                null,
                spec.tuning() == null ? null : spec.tuning().outcome(spec, finished));
    }
}
