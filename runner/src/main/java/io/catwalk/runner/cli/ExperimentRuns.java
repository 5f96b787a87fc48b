package io.catwalk.runner.cli;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.experiment.Experiment;
import io.catwalk.runner.experiment.ExperimentRequest;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.experiment.RunPolicy;
import io.catwalk.runner.plugin.InstalledClassifier;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.training.EpochBatches;
import io.catwalk.runner.trial.DatasetSpec;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Prepares the data sets of an experiment and runs it. */
record ExperimentRuns(ExperimentOptions options, ExperimentRequest request, Console console) {

    /** Asks for a choice of classifiers on the images of a catalog. */
    interface Choice {
        ExperimentSpec of(List<String> classifiers, PluginCatalog catalog);
    }

    /** Runs classifiers: those named, or all of the file, or all that support the images of all data sets. */
    int carryOut(String name, List<String> classifiers) throws IOException, InterruptedException {
        return carryOut(
                name, classifiers, (chosen, catalog) -> request.spec(request.classifiers(chosen, catalog), null));
    }

    /** Runs what plugins allow for the images; the names are checked before any image is read. */
    int carryOut(String name, List<String> classifiers, Choice choice) throws IOException, InterruptedException {
        PluginCatalog catalog = options.runOptions.plugins.open(console);
        request.requireKnown(classifiers, catalog);
        RunLauncher.Settings settings = options.runOptions.settings(false, RunPolicy.Versions.RENEW);
        settings.requireOneDataSet(request.dataSets().size());
        RunLauncher launcher = new RunLauncher(settings, catalog, console);
        List<Experiment> experiments = prepared(launcher, classifiers, choice);
        return launcher.start(folder(name), existing(), experiments, this::tellUnmirrored);
    }

    private record Prepared(DatasetSpec dataset, ImageDataset images, PluginCatalog catalog) {}

    private List<Experiment> prepared(RunLauncher launcher, List<String> classifiers, Choice choice) {
        List<Prepared> prepared = new ArrayList<>();
        for (DatasetSpec one : request.dataSets()) {
            ImageDataset loaded = RunLauncher.load(one, console);
            prepared.add(new Prepared(one, loaded, launcher.catalog().on(one.task(loaded))));
        }
        List<String> chosen = classifiers.isEmpty() && !request.namesClassifiers()
                ? supporting(prepared.stream().map(Prepared::catalog).toList())
                : classifiers;
        List<Experiment> experiments = new ArrayList<>();
        for (Prepared one : prepared) {
            ExperimentSpec asked =
                    choice.of(chosen, one.catalog).on(one.dataset).pinned(launcher.catalog());
            Experiment experiment = launcher.prepared(asked, request.choosesBatch(), one.images);
            experiments.add(experiment);
            tellSmallerBatches(asked, experiment);
        }
        return experiments;
    }

    /** Finds the classifiers that support the images of all data sets, and reports which do not. */
    private List<String> supporting(List<PluginCatalog> catalogs) {
        Set<String> supporting = new LinkedHashSet<>();
        Map<String, String> unsupported = new LinkedHashMap<>();
        Set<String> leftOut = new LinkedHashSet<>();
        for (PluginCatalog catalog : catalogs) {
            catalog.failures().forEach(failure -> leftOut.add(failure.toString()));
            for (InstalledClassifier one : catalog.classifiers()) {
                supporting.add(one.name());
                if (one.unsupported() != null) {
                    unsupported.put(one.name(), one.unsupported());
                }
            }
        }
        if (supporting.isEmpty()) {
            throw new RequestException("expected at least one plugin in " + options.runOptions.plugins.folder
                    + ", but found none: see catwalk list");
        }
        unsupported.forEach((name, reason) -> leftOut.add(name + ", which " + reason));
        leftOut.forEach(what -> console.note("left out: " + what));
        supporting.removeAll(unsupported.keySet());
        return List.copyOf(supporting);
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

    /** Reports what was changed in the recipes of plugins, once no error can stop the command any more. */
    private void tellUnmirrored() {
        if (request.unmirrored()) {
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
}
