package io.catwalk.runner.experiment;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.Split;
import io.catwalk.runner.trial.InferenceEngine;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.TrialExecution;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialResult;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the trials of one experiment, so many at once as was asked for, then measures the trained
 * networks one by one on the machine that is quiet again.
 */
public final class Experiment {

    private static final Logger LOG = LoggerFactory.getLogger(Experiment.class);

    private final ExperimentSpec spec;
    private final Path dataHome;
    private final Path pluginsDir;
    private final String command;
    private final Clock clock;
    private final ImageDataset dataset;
    private final Split split;

    /**
     * Prepares an experiment: loads the data and checks that every recipe can be trained on it, before
     * anything is written.
     *
     * @param spec the request, in full
     * @param dataHome the folder that holds the known data sets
     * @param pluginsDir the folder of the plugin jars
     * @param command that the user gave, for the record
     * @param clock tells the time
     * @throws RequestException if something about the data or a recipe is wrong
     */
    public Experiment(ExperimentSpec spec, Path dataHome, Path pluginsDir, String command, Clock clock) {
        this.spec = spec;
        this.dataHome = dataHome.toAbsolutePath();
        this.pluginsDir = pluginsDir.toAbsolutePath();
        this.command = command;
        this.clock = clock;
        dataset = spec.dataset().load(dataHome);
        split = spec.split().split(dataset, spec.split().folds() == 0 ? 0 : 1).split();
        for (Contestant one : spec.classifiers()) {
            if (one.recipe().batchSize() > split.train().length) {
                throw new RequestException("batch size must be at most the number of training images, "
                        + split.train().length + ", but is " + one.recipe().batchSize() + " for " + one.name()
                        + ": choose a smaller --batch-size or a larger --limit-train");
            }
        }
    }

    /**
     * Runs it to the end. What has finished stands in the run folder at any moment.
     *
     * @param run a new run folder
     * @param execution carries out the trials
     * @param listener is told how it goes on
     * @return the outcome of every trial
     * @throws IOException if the run folder cannot be written any more
     * @throws InterruptedException if the calling thread is interrupted
     */
    public Results run(RunFolder run, TrialExecution execution, ExperimentListener listener)
            throws IOException, InterruptedException {
        Instant started = clock.instant();
        run.writeExperiment(spec);
        Map<TrialSpec, TrialResult> finished = new LinkedHashMap<>();
        train(run, execution, listener, started, finished);
        measure(run, execution, listener, finished);
        Results results = results(run, started, finished);
        run.writeResults(results);
        return results;
    }

    private void train(
            RunFolder run,
            TrialExecution execution,
            ExperimentListener listener,
            Instant started,
            Map<TrialSpec, TrialResult> finished)
            throws IOException, InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(spec.jobs());
        try {
            List<Future<?>> futures = new ArrayList<>();
            for (TrialSpec trial : spec.trials()) {
                futures.add(pool.submit(() -> {
                    TrialFolder folder = run.createTrial(trial);
                    listener.started(trial);
                    TrialResult result = execution.train(order(trial, folder), epoch -> listener.epoch(trial, epoch));
                    folder.writeResult(result);
                    synchronized (finished) {
                        finished.put(trial, result);
                        run.journal(trial, result);
                        run.writeResults(results(run, started, finished));
                    }
                    listener.finished(trial, result);
                    return null;
                }));
            }
            for (Future<?> future : futures) {
                await(future);
            }
        } finally {
            // Interrupted, a trial's thread stops its process.
            pool.shutdownNow();
        }
    }

    private static void await(Future<?> future) throws IOException, InterruptedException {
        try {
            future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            if (e.getCause() instanceof InterruptedException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private void measure(
            RunFolder run, TrialExecution execution, ExperimentListener listener, Map<TrialSpec, TrialResult> finished)
            throws IOException, InterruptedException {
        List<TrialSpec> trained = finished.keySet().stream()
                .filter(trial -> Objects.requireNonNull(finished.get(trial)).status() == TrialResult.Status.DONE)
                .toList();
        listener.measuring(trained.size());
        for (TrialSpec trial : trained) {
            TrialFolder folder = run.trial(trial);
            for (InferenceEngine engine : folder.engines()) {
                try {
                    Latency latency = execution.measure(order(trial, folder), engine);
                    finished.put(
                            trial, Objects.requireNonNull(finished.get(trial)).withLatency(engine, latency));
                } catch (IOException e) {
                    LOG.error("The latency of {} on {} could not be measured", trial.title(), engine, e);
                    listener.unmeasured(trial, Reasons.of(e));
                }
            }
            folder.writeResult(Objects.requireNonNull(finished.get(trial)));
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

    private Results results(RunFolder run, Instant started, Map<TrialSpec, TrialResult> finished) {
        List<TrialResult> inOrder = spec.trials().stream()
                .filter(finished::containsKey)
                .map(trial -> Objects.requireNonNull(finished.get(trial)))
                .toList();
        return new Results(
                ExperimentSpec.SCHEMA,
                new Results.Summary(
                        String.valueOf(run.path().toAbsolutePath().normalize().getFileName()),
                        command,
                        started.toString(),
                        Duration.between(started, clock.instant()).toMillis() / 1e3,
                        spec.trials().size(),
                        inOrder.size(),
                        List.of(),
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
                        dataset.test().size()),
                inOrder,
                null,
                null);
    }
}
