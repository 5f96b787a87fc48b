package io.catwalk.runner.cli;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.experiment.CollectionFolder;
import io.catwalk.runner.experiment.CollectionSpec;
import io.catwalk.runner.experiment.Experiment;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.MultiDatasetComparison;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.experiment.RunLock;
import io.catwalk.runner.experiment.RunPolicy;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.report.document.Document;
import io.catwalk.runner.report.page.ReportPage;
import io.catwalk.runner.report.sections.DataSetsDocument;
import io.catwalk.runner.report.text.MarkdownText;
import io.catwalk.runner.report.text.TerminalText;
import io.catwalk.runner.training.EpochBatches;
import io.catwalk.runner.trial.DatasetSpec;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Prepares the data sets of an experiment and runs it: on one as a run, on several as a collection of runs. */
record ExperimentRuns(ExperimentOptions options, Console console) {

    private static final Duration LEAST = Duration.ofMillis(1);

    /** Runs the experiment that plugins allow for the images; the names are checked before any image is read. */
    int carryOut(String name, List<String> classifiers, Function<PluginCatalog, ExperimentSpec> request)
            throws IOException, InterruptedException {
        PluginCatalog catalog = options.runOptions.plugins.open(console);
        options.requireKnown(classifiers, catalog);
        requireOneDataSet(options.runOptions, options.images().size());
        RunPolicy how = options.runOptions.how();
        List<Experiment> experiments = prepared(catalog, request);
        return experiments.size() > 1 ? onAll(name, experiments, catalog) : onOne(name, experiments.get(0), how);
    }

    private record Prepared(DatasetSpec dataset, ImageDataset images, PluginCatalog catalog) {}

    private List<Experiment> prepared(PluginCatalog catalog, Function<PluginCatalog, ExperimentSpec> request) {
        List<Prepared> prepared = new ArrayList<>();
        for (DatasetSpec one : options.images()) {
            ImageDataset loaded = RunOptions.load(one, console);
            prepared.add(new Prepared(one, loaded, catalog.on(one.task(loaded))));
        }
        prepared.forEach(one -> options.leaveOutUnsupported(one.catalog));
        List<Experiment> experiments = new ArrayList<>();
        for (Prepared one : prepared) {
            ExperimentSpec asked =
                    request.apply(one.catalog).on(one.dataset).pinned(catalog).recording(options.commandLine());
            Experiment experiment =
                    options.runOptions.experiment(asked, options.choosesBatch(), one.images, catalog, console);
            experiments.add(experiment);
            tellSmallerBatches(asked, experiment);
        }
        return experiments;
    }

    private void tellSmallerBatches(ExperimentSpec asked, Experiment experiment) {
        ExperimentSpec spec = experiment.spec();
        int images = spec.fewestToTrainOn(experiment.dataset());
        for (int i = 0; i < asked.classifiers().size(); i++) {
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

    private int onOne(String name, Experiment experiment, RunPolicy how) throws IOException, InterruptedException {
        try (RunLock lock = RunFolder.claim(folder(name), existing())) {
            lock.run().writeExperiment(experiment.spec());
            tellUnmirrored();
            return options.runOptions.carryOut(experiment, how, lock, console);
        }
    }

    private int onAll(String name, List<Experiment> experiments, PluginCatalog catalog)
            throws IOException, InterruptedException {
        CollectionSpec.Gathering gathering = new CollectionSpec.Gathering();
        experiments.forEach(one -> gathering.add(one.spec(), one.dataset()));
        CollectionFolder collection = CollectionFolder.create(
                folder(name), existing(), new CollectionSpec(CollectionSpec.SCHEMA, gathering.members()));
        tellUnmirrored();
        return carryOut(collection, options.runOptions, catalog, console);
    }

    /** Reports what was changed in the recipes of plugins, once no error can stop the command any more. */
    private void tellUnmirrored() {
        if (options.recipes.unmirrored) {
            console.note("no image is mirrored, because that may change its class: add --augment all if it does not");
        }
    }

    private Path folder(String name) {
        return options.out == null
                ? newFolder(Path.of("runs"), name, LocalDateTime.now(ZoneId.systemDefault()))
                : options.out;
    }

    private RunFolder.Existing existing() {
        return options.force ? RunFolder.Existing.REPLACE : RunFolder.Existing.REFUSE;
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

    /** Carries out each run of several data sets that is not finished, and prints the results of all. */
    @SuppressWarnings("try") // the lock is held, not used
    static int carryOut(CollectionFolder collection, RunOptions options, PluginCatalog catalog, Console console)
            throws IOException, InterruptedException {
        CollectionSpec spec = collection.readSpec();
        requireOneDataSet(options, spec.members().size());
        int worst = ExitCode.DONE;
        try (RunLock lock = collection.lock()) {
            RunPolicy whole = options.how();
            long start = System.nanoTime();
            for (int i = 0; i < spec.members().size(); i++) {
                RunFolder run = collection.run(spec.members().get(i));
                ExperimentSpec asked = run.readExperiment();
                ExperimentSpec request = RunOptions.repinned(asked, catalog, console);
                console.note("data set " + (i + 1) + " of " + spec.members().size() + ": "
                        + spec.members().get(i).folder());
                Experiment experiment = options.resumed(request, catalog, console);
                try (RunLock own = run.lock(RunLock.Purpose.TRAIN)) {
                    if (!request.equals(asked)) {
                        run.writeExperiment(request);
                    }
                    RunOptions.FinishedRun conducted =
                            options.conducted(experiment, left(whole, start), own, collection.path(), console);
                    worst = Math.max(worst, options.exitCode(conducted, collection.path(), console));
                }
            }
            MultiDatasetComparison across = collection.sumUp();
            Document document = write(across, collection);
            if (options.json) {
                console.json(across);
            } else {
                new TerminalText(console).print(document);
                console.line("");
                console.line("Everything is in " + collection.path());
                console.line("Begin with " + collection.page().getFileName() + " there.");
            }
        }
        return worst;
    }

    /** Refuses to hand out the trials of several data sets, since each data set has a run of its own. */
    static void requireOneDataSet(RunOptions options, int dataSets) {
        if (options.on().startsWith("orders:") && dataSets > 1) {
            throw new RequestException("--orders takes one data set at a time, but there are " + dataSets
                    + ": run the command once for each");
        }
    }

    static Document write(MultiDatasetComparison across, CollectionFolder collection) throws IOException {
        Document document = DataSetsDocument.of(across);
        collection.write(across, MarkdownText.of(document));
        ReportPage.write(document, collection.page());
        return document;
    }

    /** Returns how to carry out the next run: with the time that the earlier runs have left of the whole budget. */
    private static RunPolicy left(RunPolicy whole, long start) {
        if (whole.budget() == null) {
            return whole;
        }
        Duration left = whole.budget().minusNanos(System.nanoTime() - start);
        return new RunPolicy(
                left.compareTo(LEAST) < 0 ? LEAST : left, whole.retry(), whole.versions(), whole.processor());
    }
}
