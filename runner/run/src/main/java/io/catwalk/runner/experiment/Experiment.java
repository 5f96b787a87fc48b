package io.catwalk.runner.experiment;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.Predictions.PredictedClasses;
import io.catwalk.runner.experiment.Scheduler.Stopwatch;
import io.catwalk.runner.given.BackboneSpec;
import io.catwalk.runner.given.GivenModel;
import io.catwalk.runner.latency.LatencyBench;
import io.catwalk.runner.latency.LatencySettings;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.plugin.PluginJar;
import io.catwalk.runner.results.RunResults;
import io.catwalk.runner.trial.LocalExecutor;
import io.catwalk.runner.trial.Software;
import io.catwalk.runner.trial.SplitSpec.TrialImages;
import io.catwalk.runner.trial.TrialBench;
import io.catwalk.runner.trial.TrialExecutor;
import io.catwalk.runner.trial.TrialExecutor.TrialNews;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialOutcome.Done;
import io.catwalk.runner.trial.TrialProcess;
import io.catwalk.runner.trial.TrialRepair;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the trials of one experiment, or those that an interrupted run has left. Then it measures the trained
 * networks one by one, while the machine is quiet.
 */
public final class Experiment {

    private static final Logger LOG = LoggerFactory.getLogger(Experiment.class);
    private static final Software SOFTWARE = Software.current();

    private final ExperimentSpec spec;
    private final PluginCatalog catalog;
    private final DataHome dataHome;
    private final Path pluginsDir;
    private final Clock clock;
    private final ImageDataset dataset;
    private final TrialImages images;
    private final LatencySettings latencySettings;

    /** The images in other sizes, which some trials take. */
    private final Map<String, ImageDataset> resized = new ConcurrentHashMap<>();

    /** The images of the trials by their folds, while files of trials are looked at. */
    private final Map<Integer, TrialImages> splits = new ConcurrentHashMap<>();

    /**
     * Prepares an experiment: checks that every recipe can be trained on the images, before anything is written.
     *
     * @throws RequestException if something about a classifier or a recipe is wrong
     */
    public Experiment(
            ExperimentSpec spec,
            ImageDataset dataset,
            PluginCatalog catalog,
            DataHome dataHome,
            Path pluginsDir,
            Clock clock) {
        this.spec = spec;
        this.catalog = catalog;
        this.dataHome = dataHome;
        this.pluginsDir = pluginsDir.toAbsolutePath();
        this.clock = clock;
        this.dataset = dataset;
        images = spec.shown(dataset);
        latencySettings = LatencySettings.standard().endingIfBusy();
        if (spec.split().refits() && spec.split().folds() > 0 && spec.tuning() == null) {
            throw new RequestException("--refit must be left out with folds, since they compare what is learned beside"
                    + " validation images: leave it out, or compare on one split");
        }
        int fewest = spec.trains() ? spec.fewestToTrainOn(dataset) : 0;
        for (ClassifierConfig one : spec.classifiers()) {
            if (!one.trains()) {
                continue;
            }
            catalog.require(one.name());
            if (one.recipe().batchSize() > fewest) {
                throw new RequestException("batch size must be at most the number of training images, "
                        + fewest + ", but is "
                        + one.recipe().batchSize() + " for " + one.name()
                        + ": choose smaller batches or a larger --limit-train");
            }
        }
    }

    public ExperimentSpec spec() {
        return spec;
    }

    public ImageDataset dataset() {
        return dataset;
    }

    /** Makes the features that trials of a run will read, if they are not kept; otherwise each trial looks for itself. */
    public void makeFeatures(RunFolder run) {
        Set<String> made = new HashSet<>();
        for (TrialSpec trial : spec.trials(new Outcomes())) {
            BackboneSpec backbone = trial.backbone();
            if (backbone == null || Files.exists(run.trial(trial).outcome())) {
                continue;
            }
            Path file = Path.of(backbone.network().file());
            String key = order(trial).featuresKey(backbone);
            // A file that has changed is the trial's to refuse.
            if (made.add(key)
                    && Files.isRegularFile(file)
                    && GivenModel.digest(file).equals(backbone.network().sha256())) {
                ImageDataset unused = dataHome.cache()
                        .features()
                        .open(key, () -> images(trial), images -> backbone.open(file, images));
            }
        }
    }

    /**
     * Runs what is not done yet, to the end. The run folder always contains what has finished so far.
     *
     * @param bench measures the trained networks at the end; null to skip that
     * @throws RequestException if the run folder holds something that no run has written; it is then unchanged
     */
    public RunResults run(
            RunFolder run,
            TrialExecutor executor,
            LatencyBench.@Nullable BenchProcess bench,
            RunPolicy policy,
            ExperimentListener listener)
            throws IOException, InterruptedException {
        Journal.Content journal = run.journal().readAndRepair();
        if (journal.repaired()) {
            listener.note("the last line of the journal was incomplete and is removed");
        }
        Stopwatch stopwatch = Stopwatch.resume(journal, clock);
        Journal.Head before = journal.head();
        Journal.Head head =
                new Journal.Head(Journal.SCHEMA, stopwatch.firstStart().toString(), described(), resized());
        if (before == null) {
            run.journal().begin(head);
        } else if (!before.dataset().equals(head.dataset())) {
            run.beginAnew(head);
        } else if (!before.resized().equals(head.resized())) {
            run.journal().beginAnew(head);
        }
        return new Start(run, executor, policy, listener, stopwatch, journal.entries()).finish(bench);
    }

    /** Goes on with the run where an earlier start has ended. */
    private final class Start implements Scheduler.Trials {

        private final RunFolder run;
        private final RunPolicy policy;
        private final ExperimentListener listener;
        private final Stopwatch stopwatch;
        private final Map<String, Journal.Entry> journal = new HashMap<>();
        private final Outcomes finished = new Outcomes();
        private final TrialExecutor executor;
        private final ThrottledResultsWriter writer;

        /** What the networks predict, as far as it was read to compare them. */
        private final Map<String, PredictedClasses> predictions = new HashMap<>();

        /** Ids of the trials that were looked up in the journal, each once. */
        private final Set<String> looked = new HashSet<>();

        /** Looks up what is known before any trial runs. */
        Start(
                RunFolder run,
                TrialExecutor executor,
                RunPolicy policy,
                ExperimentListener listener,
                Stopwatch stopwatch,
                List<Journal.Entry> entries)
                throws IOException {
            this.run = run;
            this.executor = executor;
            this.policy = policy;
            this.listener = listener;
            this.stopwatch = stopwatch;
            entries.forEach(entry -> journal.put(entry.outcome().trial().id(), entry));
            listener.kept(foundEarlier());
            writer = new ThrottledResultsWriter(
                    run, () -> recorded().results(), finished.size(), stopwatch::seconds, listener::note);
        }

        RunResults finish(LatencyBench.@Nullable BenchProcess bench) throws IOException, InterruptedException {
            try (Scheduler scheduler = new Scheduler(this, finished, executor, policy, stopwatch, listener::note)) {
                for (TrialOutcome next = scheduler.next(); next != null; next = scheduler.next()) {
                    TrialOutcome outcome = measured(next);
                    record(outcome);
                    show(outcome);
                    finished.put(outcome);
                    writer.changed(finished.size());
                    listener.finished(outcome);
                }
            }
            keepBaselines();
            if (bench != null) {
                compared(); // whoever stops the measuring finds the comparison
                LatencySettings settings =
                        spec.dataset().limited() ? latencySettings.brief() : latencySettings.after(trainingSeconds());
                measure(new TrialBench(bench, settings, pluginsDir, dataset));
            }
            return compared();
        }

        /** Compares the trials, and writes the results. */
        private RunResults compared() {
            RecordedRun recorded = recorded();
            RunResults results;
            try {
                results = recorded.compared(predictions);
            } catch (IOException | RequestException e) {
                note("the trials are done, but could not be compared", e);
                return recorded.results();
            }
            try {
                run.writeResults(results);
            } catch (IOException e) {
                note("the results could not be written", e);
            }
            return results;
        }

        private void note(String failure, Exception reason) {
            LOG.error("{}: {}", run.path(), failure, reason);
            listener.note(failure + ": " + Reasons.of(reason));
        }

        private double trainingSeconds() {
            return TrialOutcome.done(finished.all())
                    .map(done -> done.efficiency().trainingSeconds())
                    .filter(Objects::nonNull)
                    .mapToDouble(Double::doubleValue)
                    .sum();
        }

        private void keepBaselines() {
            try {
                run.keepBaselines(spec, dataset);
            } catch (IOException | RequestException e) {
                note("the baselines could not be read or written", e);
            }
        }

        /** A trial that had failed and was tried again may call for others than before, which are looked up first. */
        @Override
        public List<TrialSpec> left() throws IOException {
            List<TrialSpec> kept = foundEarlier();
            if (!kept.isEmpty()) {
                listener.kept(kept);
            }
            return spec.trials(finished).stream()
                    .filter(trial -> !finished.has(trial))
                    .toList();
        }

        @Override
        public TrialExecutor.Submitted submit(TrialSpec trial, int attempt) throws IOException {
            run.journal().requireThere(); // otherwise the folder would be made anew
            TrialOrder order = order(trial).on(policy.processor()).numbered(attempt);
            TrialFolder folder = run.createTrial(trial);
            folder.prepare(order);
            if (trial.trains() || executor instanceof LocalExecutor) {
                return executor.submit(order, folder, news -> tell(order, news));
            }
            // What was given lies here, and takes seconds.
            try (TrialExecutor local = new LocalExecutor(TrialProcess::train, 1)) {
                TrialExecutor.Submitted submitted = local.submit(order, folder, news -> tell(order, news));
                var unused = submitted.outcome().exceptionally(failure -> null).join();
                return submitted;
            }
        }

        private void tell(TrialOrder order, TrialNews news) {
            if (news instanceof TrialNews.Started started) {
                listener.started(order.spec(), order.attempt(), started.place());
            } else if (news instanceof TrialNews.Trained trained) {
                listener.epoch(order.spec(), trained.epoch());
            } else if (news instanceof TrialNews.Stalled stalled) {
                listener.note(stalled.reason());
            }
        }

        /** Adds the latencies that were measured before, if a trial was only completed and its files are the same. */
        private TrialOutcome measured(TrialOutcome ended) {
            Journal.Entry before = journal.get(ended.trial().id());
            return before != null && before.outcome() instanceof Done then && ended instanceof Done now
                    ? now.measuredAs(then)
                    : ended;
        }

        /** Finds the trials that an earlier start has done and whose files are intact; in a search, each wave of them. */
        private List<TrialSpec> foundEarlier() throws IOException {
            List<TrialSpec> all = new ArrayList<>();
            int before;
            do {
                before = all.size();
                List<@Nullable TrialOutcome> found = spec.trials(finished).stream()
                        .filter(trial -> !finished.has(trial) && looked.add(trial.id()))
                        .toList()
                        .parallelStream()
                        .map(trial -> kept(trial, journal.get(trial.id())))
                        .collect(Collectors.toList());
                for (TrialOutcome outcome : found) {
                    if (outcome != null) {
                        if (!journal.containsKey(outcome.trial().id())) {
                            record(outcome); // it was done when the run was stopped, but not yet recorded
                        }
                        finished.put(outcome);
                        all.add(outcome.trial());
                    }
                }
            } while (all.size() > before);
            return all;
        }

        /** Returns the outcome of a trial that is done and would be the same if it were run again; otherwise null. */
        private @Nullable TrialOutcome kept(TrialSpec trial, Journal.@Nullable Entry entry) {
            TrialFolder folder = run.trial(trial);
            TrialOrder order = order(trial);
            TrialOutcome outcome = entry != null ? entry.outcome() : unrecorded(folder, order);
            if (!(outcome instanceof Done done)) {
                return null;
            }
            TrialOrder.Inputs then = done.provenance().inputs();
            TrialOrder asked =
                    policy.keepsVersions() ? order.with(order.inputs().with(then.software())) : order;
            String key = asked.key();
            if (done.trial().equals(trial)
                    && key.equals(order.with(then).key())
                    && (entry == null || entry.key().equals(key))) {
                List<String> lacking = lacking(folder, done, order.with(then));
                if (lacking.isEmpty()) {
                    return done;
                }
                listener.note(trial.title() + ": is completed, since " + String.join(", ", lacking));
                return null;
            }
            listener.note(trial.title() + ": is run again, since " + staleness(trial, order.inputs(), then));
            return null;
        }

        /** Makes small files anew that a trial has lost, and lists what it still lacks, for which it must run again. */
        private List<String> lacking(TrialFolder folder, Done done, TrialOrder order) {
            TrialRepair repair = new TrialRepair(folder, done, order);
            TrialSpec trial = done.trial();
            try {
                List<String> damaged = repair.mend(
                        trial.size() != null
                                ? spec.split().split(images(trial), trial.fold())
                                : splits.computeIfAbsent(
                                        trial.fold(), fold -> spec.split().split(dataset, fold)));
                if (!damaged.isEmpty()) {
                    listener.note(trial.title() + ": damaged and written again: " + String.join(", ", damaged));
                }
                return repair.left();
            } catch (IOException e) {
                LOG.warn("{} cannot be read", folder.path(), e);
                return List.of("its files cannot be read: " + Reasons.of(e));
            }
        }

        private void record(TrialOutcome outcome) throws IOException {
            TrialSpec trial = outcome.trial();
            TrialOrder order = order(trial);
            TrialOrder.Inputs inputs =
                    outcome instanceof Done done ? done.provenance().inputs() : order.inputs();
            String key = order.with(inputs).key();
            run.journal().append(new Journal.Entry(key, stopwatch.seconds(), outcome));
        }

        /** Writes an outcome, as the journal has it, into the folder of its trial, where people and programs look. */
        private void show(TrialOutcome outcome) {
            try {
                run.trial(outcome.trial()).writeOutcome(outcome);
            } catch (IOException e) {
                note(outcome.trial().title() + ": its trial.json could not be written", e);
            }
        }

        /** Measures the networks that are meant for use and were not measured yet. */
        private void measure(TrialBench bench) throws IOException, InterruptedException {
            List<Done> trained = TrialOutcome.done(finished.all())
                    .filter(done -> done.trial().purpose() == TrialSpec.Purpose.SHIP)
                    .filter(done -> !done.isMeasured(run.trial(done.trial()).engines(done.trial())))
                    .toList();
            List<TrialBench.Network> networks = trained.stream()
                    .map(done -> new TrialBench.Network(
                            order(done.trial()),
                            run.trial(done.trial()),
                            done.normalization(),
                            done.trial().threads(),
                            done.trial().size() == null && done.trial().prepared() == null
                                    ? null
                                    : images(done.trial()).test().image(0)))
                    .toList();
            List<TrialBench.Outcome> outcomes = bench.measure(networks, listener);
            for (int i = 0; i < trained.size(); i++) {
                TrialSpec trial = trained.get(i).trial();
                TrialBench.Outcome outcome = outcomes.get(i);
                outcome.problems().forEach(problem -> listener.unmeasured(trial, problem));
                outcome.busy().ifPresent(busy -> listener.measuredBusy(trial, busy, run));
                if (!outcome.latencies().isEmpty()) {
                    Done done = outcome.added(trained.get(i));
                    finished.put(done);
                    record(done);
                    show(done);
                }
            }
        }

        private RecordedRun recorded() {
            return new RecordedRun(
                    run, spec, stopwatch.firstStart().toString(), stopwatch.seconds(), described(), finished);
        }
    }

    /** Reads the outcome of a trial that was done, but not recorded, when the run was stopped; null without one. */
    private static @Nullable TrialOutcome unrecorded(TrialFolder folder, TrialOrder order) {
        try {
            if (Files.exists(folder.outcome()) && folder.readOrder().key().equals(order.key())) {
                return folder.readOutcome();
            }
        } catch (IOException | RequestException e) {
            LOG.warn("{} cannot be read, and is made again", folder.outcome(), e);
        }
        return null;
    }

    private String staleness(TrialSpec trial, TrialOrder.Inputs now, TrialOrder.Inputs then) {
        if (!trial.trains() && !then.pluginSha256().equals(now.pluginSha256())) {
            return "its file has changed";
        }
        if (!then.pluginSha256().equals(now.pluginSha256())) {
            return "its plugin is another jar now ("
                    + catalog.require(trial.classifier()).plugin().path().getFileName() + ")";
        }
        if (!then.datasetSha256().equals(now.datasetSha256())) {
            return "the images of " + dataset.name() + ", or how they are split, have changed";
        }
        if (!then.software().makesTheSame(now.software())) {
            return "it was made by " + then.software().makers() + ", and this is "
                    + now.software().makers() + " (--keep-versions keeps it)";
        }
        return spec.tuning() != null && trial.fold() == 0
                ? "it was made from another candidate or request"
                : "it was made from another request";
    }

    /** Returns the images of the size that a trial takes; of several sizes, each is read once. */
    private ImageDataset images(TrialSpec trial) {
        String size = trial.size();
        if (size == null || size.equals(spec.dataset().imageSize())) {
            return dataset;
        }
        ImageDataset other = resized.computeIfAbsent(
                size, rule -> spec.dataset().resized(rule).load(dataHome));
        // Images that are equal in one size only stay together in that size only.
        if (trial.trains() && !dataset.isDealtLike(other)) {
            throw new RequestException("expected images that are split alike in every size, but some of "
                    + dataset.name() + " are equal in one size and not in another: choose --image-size " + size
                    + " for all");
        }
        return other;
    }

    /** Returns the SHA-256 of the images in each other size that is taken. */
    private Map<String, String> resized() {
        Map<String, String> digests = new HashMap<>();
        for (TrialSpec trial : spec.trials(new Outcomes())) {
            String size = trial.size();
            if (size != null && !size.equals(spec.dataset().imageSize())) {
                digests.put(size, images(trial).sha256());
            }
        }
        return digests;
    }

    private TrialOrder order(TrialSpec trial) {
        GivenModel given = trial.given();
        PluginJar plugin = given == null ? catalog.require(trial.classifier()).plugin() : null;
        ImageDataset own = images(trial);
        return new TrialOrder(
                trial,
                spec.dataset().resized(trial.size()),
                spec.split(),
                plugin == null
                        ? new TrialOrder.Inputs(
                                "", "", Objects.requireNonNull(given).sha256(), own.sha256(), SOFTWARE)
                        : new TrialOrder.Inputs(plugin.id(), plugin.version(), plugin.sha256(), own.sha256(), SOFTWARE),
                TrialOrder.Artifacts.here(
                        pluginsDir,
                        spec.dataset().folder(dataHome),
                        spec.dataset().labels(),
                        trial),
                spec.trialTimeoutSeconds(),
                null,
                1);
    }

    private RunResults.Dataset described() {
        ImageSource tested = spec.split().folds() == 0 || spec.tuning() != null ? dataset.test() : dataset.train();
        IntSummaryStatistics sizes = IntStream.of(
                        tested.countPerClass(dataset.classes().size()))
                .filter(size -> size > 0)
                .summaryStatistics();
        return new RunResults.Dataset(
                dataset.name(),
                dataset.sha256(),
                dataset.classes(),
                dataset.train().channels(),
                dataset.train().height(),
                dataset.train().width(),
                spec.dataset().testsAll() ? 0 : images.split().train().length,
                spec.dataset().testsAll() ? 0 : images.split().validation().length,
                images.dataset().test().size(),
                sizes.getMax(),
                sizes.getMin());
    }
}
