package io.catwalk.runner.cli;

import io.catwalk.api.Augmentation;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.TextEscaping;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.UnfitSizeException;
import io.catwalk.runner.experiment.ClassifierConfig;
import io.catwalk.runner.experiment.DataSetRuns;
import io.catwalk.runner.experiment.Experiment;
import io.catwalk.runner.experiment.ExperimentRequest;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.MultiDatasetComparison;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.experiment.RunLock;
import io.catwalk.runner.experiment.RunPolicy;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.plugin.PluginCatalog.InstalledClassifier;
import io.catwalk.runner.report.DataSetsDocument;
import io.catwalk.runner.report.Document;
import io.catwalk.runner.report.MarkdownText;
import io.catwalk.runner.report.TerminalText;
import io.catwalk.runner.report.page.ReportPage;
import io.catwalk.runner.results.RunResults;
import io.catwalk.runner.training.Accelerators;
import io.catwalk.runner.training.Training.EpochBatches;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.TrialExecutor;
import io.catwalk.runner.trial.TrialExecutorFactory;
import io.catwalk.runner.trial.TrialProcess;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Conducts runs: locks the folder, runs, measures, writes the reports, tells what is left, and finds the exit code. */
record RunLauncher(Settings settings, PluginCatalog catalog, Console console) {

    private static final Duration LEAST = Duration.ofMillis(1);

    /** Small enough to train from scratch in minutes, large enough to tell surfaces and things apart. */
    private static final String USUAL_SIZE = "64x64";

    /**
     * Holds what a command asks of each run.
     *
     * @param on what runs the trials
     * @param bench whether the trained networks are measured
     * @param json whether a program reads the output
     * @param again options of the command that continues a stopped run, each after a space
     */
    record Settings(
            RunPolicy policy,
            String on,
            TrialExecutorFactory.Opening executor,
            boolean bench,
            boolean json,
            boolean resumes,
            Path plugins,
            String again) {

        /** Refuses to hand out the trials of several data sets, since each data set has a run of its own. */
        void requireOneDataSet(int dataSets) {
            if (on.startsWith("orders:") && dataSets > 1) {
                throw new RequestException("--orders takes one data set at a time, but there are " + dataSets
                        + ": run the command once for each");
            }
        }
    }

    private ImageDataset load(DatasetSpec dataset) {
        ImageDataset images = dataset.load(Home.data(console));
        images.notes().forEach(note -> console.note(images.name() + ": " + note));
        return images;
    }

    /** Prepares an experiment; batch sizes that nobody chose for these images are adapted. */
    private Experiment prepared(ExperimentSpec spec, boolean chosenBatch, ImageDataset images) {
        Accelerators.here().required(spec.device());
        ExperimentSpec fitted =
                chosenBatch || !spec.trains() ? spec : spec.withBatchesFor(spec.fewestToTrainOn(images));
        Clock clock = steady(Clock.systemUTC(), System::nanoTime);
        return new Experiment(fitted, images, catalog, Home.data(console), settings.plugins, clock);
    }

    /** Reads the wall clock once, and then counts: setting the system time changes no budget and no duration. */
    static Clock steady(Clock wall, LongSupplier nanos) {
        Instant start = wall.instant();
        long first = nanos.getAsLong();
        InstantSource counted = () -> start.plusNanos(nanos.getAsLong() - first);
        return counted.withZone(ZoneOffset.UTC);
    }

    /** Starts a run on one data set, or a run for each of several, in a folder that the user named or in a new one. */
    int start(
            String name,
            ExperimentRequest request,
            ClassifierChoice choice,
            Function<PluginCatalog, ExperimentSpec> spec,
            @Nullable Path out,
            RunFolder.Existing existing)
            throws IOException, InterruptedException {
        settings.requireOneDataSet(request.dataSets().size());
        List<Experiment> experiments = prepared(request, choice, spec);
        Path folder = out != null ? out : newFolder(Path.of("runs"), name, LocalDateTime.now(ZoneId.systemDefault()));
        if (experiments.size() > 1) {
            DataSetRuns runs = DataSetRuns.create(folder, existing, DataSetRuns.named(experiments));
            tellUnmirrored(request);
            return resume(runs);
        }
        Experiment experiment = experiments.get(0);
        try (RunLock lock = RunFolder.claim(folder, existing)) {
            lock.run().writeExperiment(experiment.spec());
            tellUnmirrored(request);
            return conduct(experiment, settings.policy, lock, folder);
        }
    }

    /** Creates a new folder, even if two commands start in the same second. */
    static Path newFolder(Path runs, String command, LocalDateTime now) {
        String name = command + "-"
                + DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).format(now);
        Path folder = runs.resolve(name);
        try {
            Files.createDirectories(runs);
            for (int i = 2; ; i++) {
                try {
                    return Files.createDirectory(folder);
                } catch (FileAlreadyExistsException e) {
                    folder = runs.resolve(name + "-" + i);
                }
            }
        } catch (IOException e) {
            throw new RequestException(
                    "expected a folder that can be made, but " + folder + " cannot (" + Reasons.of(e)
                            + "): choose another with --out",
                    e);
        }
    }

    private record Prepared(DatasetSpec dataset, ImageDataset images, PluginCatalog catalog, boolean foundToFlip) {}

    private List<Experiment> prepared(
            ExperimentRequest request, ClassifierChoice choice, Function<PluginCatalog, ExperimentSpec> spec) {
        List<Prepared> prepared = new ArrayList<>();
        for (DatasetSpec asked : request.dataSets()) {
            DatasetSpec one = request.trains() ? asked : asked.allTested(Home.data(console));
            prepared.add(prepared(one, request.trains()));
        }
        if (!request.namesClassifiers()) {
            request.name(chosen(choice, prepared.stream().map(Prepared::catalog).toList()));
        }
        List<Experiment> experiments = new ArrayList<>();
        for (Prepared one : prepared) {
            request.resolveInputs(one.dataset, one.images, catalog);
            ExperimentSpec asked = request.withGiven(spec.apply(one.catalog), one.images)
                    .on(one.dataset)
                    .pinned(catalog);
            Experiment experiment = prepared(asked, request.choosesBatch(), one.images);
            experiments.add(experiment);
            tellSmallerBatches(asked, experiment);
        }
        boolean fromScratch = experiments.get(0).spec().classifiers().stream()
                .allMatch(one -> one.trains() && one.backbone() == null && one.init() == null);
        boolean flips = experiments.get(0).spec().classifiers().stream()
                .anyMatch(one -> one.trains() && one.recipe().augmentations().contains(Augmentation.horizontalFlip()));
        if (flips && prepared.stream().anyMatch(Prepared::foundToFlip)) {
            console.note("Images are flipped, since mirrored ones are recognized as well; where left and right matter,"
                    + " say --augment crop");
        }
        if (choice == ClassifierChoice.FEW && fromScratch) {
            prepared.stream()
                    .flatMap(one -> ClassifierChoice.hint(one.catalog.task()).stream())
                    .distinct()
                    .forEach(console::note);
        }
        return experiments;
    }

    /** Images of several sizes are resized, since a network takes one. */
    private Prepared prepared(DatasetSpec asked, boolean trains) {
        DatasetSpec dataset = asked;
        ImageDataset images;
        try {
            images = load(dataset);
        } catch (RequestException e) {
            if (!(e.getCause() instanceof UnfitSizeException)) {
                throw e;
            }
            dataset = asked.resized(USUAL_SIZE);
            images = load(dataset);
            console.note(images.name() + ": the images differ in size, or are large, and are resized to " + USUAL_SIZE
                    + " (--image-size sets another)");
        }
        DatasetSpec known = trains ? dataset.mirroredAs(images) : dataset;
        boolean foundToFlip = !known.equals(dataset) && Boolean.TRUE.equals(known.mirrored());
        return new Prepared(known, images, catalog.on(known.task(images)), foundToFlip);
    }

    /** Chooses among the classifiers that support the images of all data sets, and reports what is left out. */
    private Map<String, Map<String, Object>> chosen(ClassifierChoice choice, List<PluginCatalog> catalogs) {
        Map<String, InstalledClassifier> supporting = new LinkedHashMap<>();
        Map<String, InstalledClassifier> unsupporting = new LinkedHashMap<>();
        Set<String> leftOut = new LinkedHashSet<>();
        for (PluginCatalog one : catalogs) {
            one.failures().forEach(failure -> leftOut.add(failure.toString()));
            one.classifiers()
                    .forEach(classifier -> (classifier.unsupported() == null ? supporting : unsupporting)
                            .put(classifier.name(), classifier));
        }
        if (supporting.isEmpty() && unsupporting.isEmpty()) {
            throw new RequestException(
                    "expected at least one plugin in " + settings.plugins + ", but found none: see catwalk list");
        }
        supporting.keySet().removeAll(unsupporting.keySet());
        unsupporting.values().stream()
                .filter(one -> choice == ClassifierChoice.ALL || ClassifierChoice.isOfOthers(one))
                .forEach(one -> leftOut.add(one.name() + ", which " + one.unsupported()));
        leftOut.forEach(what -> console.note("left out: " + what));
        ClassifierChoice.Choice taking = choice.among(
                List.copyOf(supporting.values()),
                catalogs.stream().map(PluginCatalog::task).toList());
        if (taking.reason() != null) {
            console.note(taking.reason());
        }
        return taking.classifiers();
    }

    private void tellSmallerBatches(ExperimentSpec asked, Experiment experiment) {
        ExperimentSpec spec = experiment.spec();
        int images = spec.trains() ? spec.fewestToTrainOn(experiment.dataset()) : 0;
        for (int i = 0; i < asked.classifiers().size(); i++) {
            if (!asked.classifiers().get(i).trains()) {
                continue;
            }
            int wanted = asked.classifiers().get(i).recipe().batchSize();
            int batch = spec.classifiers().get(i).recipe().batchSize();
            if (batch < wanted) {
                int steps = EpochBatches.of(images, batch).steps();
                console.note(asked.classifiers().get(i).name() + ": batches of " + batch + " images instead of "
                        + wanted + ", so that " + images + " training images make " + steps
                        + (steps == 1 ? " step" : " steps") + " in each epoch");
            }
        }
    }

    /** Reports what was changed in the recipes of plugins, once no error can stop the command any more. */
    private void tellUnmirrored(ExperimentRequest request) {
        if (request.unmirrored()) {
            console.note("Images are not flipped, in case left and right matter; --augment all flips them");
        }
    }

    int resume(Path folder) throws IOException, InterruptedException {
        return DataSetRuns.isOne(folder)
                ? resume(new DataSetRuns(folder))
                : resume(RunFolder.open(folder), settings.policy, folder);
    }

    private int resume(RunFolder run, RunPolicy policy, Path whole) throws IOException, InterruptedException {
        ExperimentSpec asked = run.readExperiment();
        ExperimentSpec request = repinned(asked);
        Experiment experiment = prepared(request, true, load(request.dataset()));
        try (RunLock lock = run.lock(RunLock.Purpose.TRAIN)) {
            if (!request.equals(asked)) {
                run.writeExperiment(request);
            }
            return conduct(experiment, policy, lock, whole);
        }
    }

    /** Continues the run of each data set that is not finished, and prints the results of all. */
    @SuppressWarnings("try") // the lock is held, not used
    private int resume(DataSetRuns all) throws IOException, InterruptedException {
        List<RunFolder> runs = all.runs();
        settings.requireOneDataSet(runs.size());
        int worst = ExitCode.DONE;
        try (RunLock lock = all.lock(RunLock.Purpose.TRAIN, console::note)) {
            long start = System.nanoTime();
            for (int i = 0; i < runs.size(); i++) {
                RunFolder run = runs.get(i);
                console.note("data set " + (i + 1) + " of " + runs.size() + ": "
                        + run.path().getFileName());
                worst = Math.max(worst, resume(run, left(start), all.path()));
            }
            MultiDatasetComparison across = all.compared();
            Document document = write(across, all);
            if (settings.json) {
                console.json(across);
            } else {
                new TerminalText(console).print(document);
                tellWhere(all.path(), all.page());
            }
        }
        return worst;
    }

    static Document write(MultiDatasetComparison across, DataSetRuns runs) throws IOException {
        Document document = DataSetsDocument.of(across);
        runs.write(across, MarkdownText.of(document));
        ReportPage.write(document, runs.page());
        return document;
    }

    /** Returns how to carry out the next run: with the time that the earlier runs have left of the whole budget. */
    private RunPolicy left(long start) {
        RunPolicy whole = settings.policy;
        if (whole.budget() == null) {
            return whole;
        }
        Duration left = whole.budget().minusNanos(System.nanoTime() - start);
        return new RunPolicy(
                left.compareTo(LEAST) < 0 ? LEAST : left, whole.retries(), whole.keepsVersions(), whole.processor());
    }

    /** Pins an earlier request to the jars that are there now, and reports which jars have changed. */
    private ExperimentSpec repinned(ExperimentSpec request) {
        ExperimentSpec now = request.pinned(catalog);
        Set<String> told = new HashSet<>();
        for (int i = 0; i < now.classifiers().size(); i++) {
            ClassifierConfig one = now.classifiers().get(i);
            String then = request.classifiers().get(i).pluginSha256();
            if (one.trains() && then != null && !then.equals(one.pluginSha256()) && told.add(one.name())) {
                console.note(one.name() + ": the jar has changed since the run was started; all its trials use "
                        + catalog.require(one.name()).plugin().path().getFileName());
            }
        }
        return now;
    }

    /** Runs it, and prints the answer unless a program reads the output. If stopped, it tells the user to resume {@code whole}. */
    @SuppressWarnings("try") // the hook is held, not used
    private int conduct(Experiment experiment, RunPolicy policy, RunLock lock, Path whole)
            throws IOException, InterruptedException {
        RunFolder run = lock.run();
        ExperimentSpec spec = experiment.spec();
        TrialExecutorFactory.Needs needs =
                new TrialExecutorFactory.Needs(spec.threads(), spec.jobs(), run.sparkLog(), Home.path());
        String again = "catwalk resume " + TextEscaping.shellWord(whole.toString()) + settings.again;
        experiment.makeFeatures(run);
        RunResults results;
        TrialExecutor.@Nullable HandedOut orders;
        boolean reported;
        try (StopHook told =
                new StopHook("stop-note", () -> console.note("catwalk: stopped; continue with " + again))) {
            try (ProgressView view = ProgressView.of(console, spec, settings.bench); // ends before anything is printed
                    TrialExecutor executor = settings.executor.open(needs)) {
                results = experiment.run(run, executor, settings.bench ? TrialProcess::measure : null, policy, view);
                orders = executor.handedOut();
            }
            reported = (results.done().isEmpty() && orders != null)
                    || Reports.writeAfter(experiment, run, results, !settings.json, console);
        }
        if (whole.equals(run.path())) {
            if (settings.json) {
                console.json(results);
            } else if (results.done().isEmpty() && orders != null) {
                console.line("The orders are in " + orders.folder());
            } else {
                tellWhere(whole, reported && !results.done().isEmpty() ? Reports.page(run) : null);
            }
        }
        if (orders != null) {
            console.note("no outcome yet for the orders " + orders.open() + " in " + orders.folder()
                    + ": carry out each with catwalk work " + TextEscaping.shellWord(orders.folder() + "/N.json")
                    + ", then collect the outcomes with " + again);
        } else if (!results.experiment().notRun().isEmpty()) {
            console.note("not run for lack of time: "
                    + String.join(", ", results.experiment().notRun()) + "; " + again + " runs them");
        }
        return exitCode(results, reported, orders != null);
    }

    private void tellWhere(Path folder, @Nullable Path page) {
        console.line("");
        console.line("Results: " + folder);
        if (page != null) {
            console.line("Report: " + folder.resolve(page.getFileName()));
        }
    }

    private int exitCode(RunResults results, boolean reported, boolean handedOut) {
        if (results.disagreeing() > 0) {
            return ExitCode.CROSS_CHECK_FAILED;
        }
        return reported
                        && results.failed().isEmpty()
                        && (results.experiment().notRun().isEmpty() || (handedOut && !settings.resumes))
                ? ExitCode.DONE
                : ExitCode.SOME_FAILED;
    }
}
