package io.catwalk.runner.cli;

import io.catwalk.api.Recipe;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Shell;
import io.catwalk.runner.experiment.ClassifierConfig;
import io.catwalk.runner.experiment.ClassifierEntry;
import io.catwalk.runner.experiment.ExperimentFile;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.RecipeOverrides;
import io.catwalk.runner.experiment.TuningSpec;
import io.catwalk.runner.plugin.InstalledClassifier;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.statistics.EquivalenceRegion;
import io.catwalk.runner.training.ComputeDevice;
import io.catwalk.runner.training.InitialWeights;
import io.catwalk.runner.trial.Accelerators;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.SplitSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of every command that trains. */
final class ExperimentOptions {

    private static final int QUICK_TRAIN = 6_000;
    private static final int QUICK_TEST = 2_000;

    @Option(
            names = "--config",
            paramLabel = "FILE.yaml",
            description = "Experiment file; options override it. See docs/reference/experiment-file.md.")
    private @Nullable Path config;

    @Option(
            names = "--dataset",
            paramLabel = "NAME|DIR",
            description =
                    "fashion-mnist, a folder of IDX files, or a folder of images: CLASS/*, or train/CLASS/*, test/CLASS/* "
                            + "and perhaps val/CLASS/*, the validation set; repeatable (not with tune or --orders): "
                            + "each data set gets its own run, and the runs are compared. Default: fashion-mnist")
    private List<String> datasets = List.of();

    @Mixin
    ImageOptions reading;

    @Option(names = "--out", paramLabel = "DIR", description = "Run folder to make. Default: runs/COMMAND-TIME")
    @Nullable
    Path out;

    @Option(names = "--force", description = "Replace the run folder if it is there.")
    boolean force;

    @Mixin
    RecipeOptions recipes;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of each training: initial weights, order and augmentation of the images, dropout; "
                    + "and of the points that a search draws. The split has --split-seed. Default: 1")
    private @Nullable Long seed;

    @Option(
            names = "--seeds",
            paramLabel = "COUNT|A,B,...",
            description =
                    "Train each classifier with several seeds: 5 means 1, 2, 3, 4, 5; or name them, such as 1,7,9.")
    private @Nullable String seeds;

    @Option(
            names = "--split-seed",
            paramLabel = "N",
            description = "Seed of the split of the training images into training set, validation set and "
                    + "folds. Default: 0")
    private @Nullable Long splitSeed;

    @Option(
            names = "--hold-out",
            paramLabel = "SHARE",
            description = "Share of the training images for the validation set, which selects the epoch. Default: 0.1")
    private @Nullable Double holdOut;

    @Option(names = "--limit-train", paramLabel = "N", description = "Use a stratified sample of N training images.")
    private @Nullable Integer limitTrain;

    @Option(names = "--limit-test", paramLabel = "N", description = "Use a stratified sample of N test images.")
    private @Nullable Integer limitTest;

    @Option(names = "--jobs", paramLabel = "N", description = "Trials at once. Default: one for each core")
    private @Nullable Integer jobs;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of each trial. Default: cores divided by jobs; 1 with --orders or --on")
    private @Nullable Integer threads;

    @Option(
            names = "--device",
            paramLabel = "auto|cpu|cuda",
            description = "Device to train on. cuda needs a CUDA build of PyTorch (docs/adr/0015) and an NVIDIA GPU; "
                    + "this version has not been tested on one. Default: auto, which takes cuda if it can be used")
    private @Nullable String device;

    @Option(
            names = "--trial-timeout",
            paramLabel = "TIME",
            description = "Stop a trial that takes longer, such as 90s, 30m or 2h.")
    private @Nullable String trialTimeout;

    @Option(
            names = "--quick",
            description = "A first look: " + QUICK_TRAIN + " training and " + QUICK_TEST + " test images, "
                    + RecipeOptions.QUICK_EPOCHS + " epochs, batches of " + RecipeOptions.QUICK_BATCH + ".")
    boolean quick;

    @Option(
            names = "--region",
            paramLabel = "POINTS",
            description = "Largest difference in accuracy that does not matter, in points. Default: 0.5")
    private @Nullable Double region;

    @Mixin
    RunOptions runOptions;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    private @Nullable ExperimentFile file;

    private boolean chosenBatch;

    private final Map<String, String> unsupported = new LinkedHashMap<>();

    private final Set<String> leftOut = new HashSet<>();

    /** Refuses unknown classifiers and missing weights to start from, before images are read, which may take long. */
    void requireKnown(List<String> classifiers, PluginCatalog catalog) {
        InitialWeights unused = recipes.start();
        file().entries(classifiers).forEach(entry -> file().classifier(entry, catalog));
    }

    void leaveOutUnsupported(PluginCatalog ofDataSet) {
        ofDataSet.classifiers().stream()
                .filter(classifier -> classifier.unsupported() != null)
                .forEach(classifier -> unsupported.put(classifier.name(), String.valueOf(classifier.unsupported())));
    }

    /** Whether the user chose a batch size, which then must fit the images. */
    boolean choosesBatch() {
        return recipes.batchSize != null || chosenBatch;
    }

    /** Finds the classifiers: those named, or all of the file, or all that support the images of all data sets. */
    List<ClassifierConfig> contestants(List<String> names, PluginCatalog catalog, Console console) {
        List<ClassifierEntry> entries = file().entries(names);
        if (entries.isEmpty()) {
            if (catalog.classifiers().isEmpty()) {
                throw new RequestException("expected at least one plugin in " + runOptions.plugins.folder
                        + ", but found none: see catwalk list");
            }
            catalog.failures().forEach(failure -> leaveOut(failure.toString(), console));
            unsupported.forEach((name, reason) -> leaveOut(name + ", which " + reason, console));
            entries = catalog.classifiers().stream()
                    .filter(one -> !unsupported.containsKey(one.name()))
                    .map(one -> ClassifierEntry.of(one.name()))
                    .toList();
        }
        entries.forEach(entry -> chosenBatch |= entry.recipe().has("batch_size"));
        return entries.stream()
                .map(entry -> adjusted(
                        file().contestant(entry, catalog), entry.recipe().has("augmentations"), catalog))
                .toList();
    }

    /** Reports this once, however many data sets there are. */
    private void leaveOut(String what, Console console) {
        if (leftOut.add(what)) {
            console.note("left out: " + what);
        }
    }

    ClassifierConfig contestant(PluginCatalog catalog, String name, Map<String, Object> choices) {
        return contestants(catalog, name, List.of(choices)).get(0);
    }

    /**
     * Makes a classifier of each choice of hyperparameters and numbers of the recipe, which override entry and options.
     */
    List<ClassifierConfig> contestants(PluginCatalog catalog, String name, List<Map<String, Object>> choices) {
        ClassifierEntry entry = entry(name);
        chosenBatch |= entry.recipe().has("batch_size");
        InstalledClassifier classifier = file().classifier(entry, catalog);
        Set<String> known = classifier.searchSpace().choices().keySet();
        List<Map<String, Object>> points = new ArrayList<>();
        for (Map<String, Object> choice : choices) {
            Map<String, Object> point = new LinkedHashMap<>(choice);
            point.keySet().retainAll(known);
            points.add(point);
        }
        List<ClassifierConfig> plain;
        try {
            plain = file().contestants(entry, classifier, points);
        } catch (IllegalArgumentException e) {
            throw new RequestException(name + ": " + e.getMessage(), e);
        }
        List<ClassifierConfig> contestants = new ArrayList<>();
        for (int i = 0; i < choices.size(); i++) {
            ClassifierConfig one = adjusted(plain.get(i), entry.recipe().has("augmentations"), catalog);
            Map<String, Object> ofRecipe = new LinkedHashMap<>(choices.get(i));
            ofRecipe.keySet().removeAll(known);
            contestants.add(one.with(changed(one.recipe(), ofRecipe, name, known)));
        }
        return contestants;
    }

    /** Returns the only entry of the file for a classifier; its defaults if there is none. */
    ClassifierEntry entry(String name) {
        List<ClassifierEntry> entries = file().entries(List.of(name));
        if (entries.size() > 1) {
            throw new RequestException(file().path() + ": expected one entry of " + name
                    + " for --set or a search to change, but found the variants "
                    + entries.stream().map(ClassifierEntry::variant).collect(Collectors.joining(", "))
                    + ": leave all but one out");
        }
        return entries.get(0);
    }

    private Recipe changed(Recipe recipe, Map<String, Object> numbers, String name, Set<String> known) {
        chosenBatch |= numbers.containsKey("batch_size");
        Recipe changed = recipe;
        for (Map.Entry<String, Object> number : numbers.entrySet()) {
            try {
                changed = RecipeOverrides.with(changed, number.getKey(), number.getValue());
            } catch (IllegalArgumentException | RequestException e) {
                String hyperparameters = known.isEmpty() || RecipeOverrides.has(recipe, number.getKey())
                        ? ""
                        : "not one of the hyperparameters " + String.join(", ", known) + ": ";
                throw new RequestException(name + ": " + hyperparameters + e.getMessage(), e);
            }
        }
        return changed;
    }

    /** Changes the recipe according to the options; a recipe whose augmentations the user wrote keeps them. */
    private ClassifierConfig adjusted(ClassifierConfig contestant, boolean own, PluginCatalog catalog) {
        Recipe harmless;
        try {
            harmless = recipes.harmless(contestant.recipe(), own, catalog.task());
        } catch (RequestException e) {
            throw new RequestException(contestant.name() + ": " + e.getMessage(), e);
        }
        ClassifierConfig changed = contestant.with(recipes.adjusted(harmless, quick));
        InitialWeights weights = recipes.start();
        return weights == null ? changed : changed.startingFrom(weights);
    }

    SplitSpec split() {
        return split(0, null, null);
    }

    /** Returns the split into folds: as many as the option says, else the file, else the default. */
    SplitSpec split(int byDefault, @Nullable Integer folds, @Nullable Integer repeats) {
        ExperimentFile.Split said = first(file().content().split(), new ExperimentFile.Split(null, null, null, null));
        int ofFile = first(said.folds(), 0);
        int dealt = folds != null ? folds : ofFile == 0 ? byDefault : ofFile;
        return new SplitSpec(
                dealt,
                first(repeats, first(said.repeats(), 1)),
                first(holdOut, first(said.holdOut(), 0.1)),
                first(splitSeed, first(said.seed(), 0L)));
    }

    List<Long> seeds() {
        if (seeds != null && seed != null) {
            throw new RequestException("--seeds must not be given together with --seed: keep one of them");
        }
        if (seeds != null) {
            return OptionParsers.seeds(seeds);
        }
        return seed != null ? List.of(seed) : first(file().content().seeds(), List.of(1L));
    }

    ExperimentSpec spec(List<ClassifierConfig> contestants, SplitSpec split) {
        return spec(contestants, split, null);
    }

    /** Creates a request: one that searches among the classifiers, or runs all of them. */
    ExperimentSpec spec(List<ClassifierConfig> contestants, SplitSpec split, @Nullable TuningSpec tuning) {
        recipes.requireOneToStart(contestants);
        ExperimentFile.Content said = file().content();
        Long timeout = trialTimeout != null
                ? (Long) ExperimentFile.seconds("--trial-timeout", trialTimeout)
                : said.trialTimeoutSeconds();
        boolean inProcess = runOptions.on().equals("in-process");
        if (inProcess && timeout != null) {
            throw new RequestException("--trial-timeout needs processes that can be stopped: leave --in-process out");
        }
        Integer perTrial = threads != null ? threads : said.threads();
        Integer together = jobs != null ? jobs : said.jobs();
        int cores = Runtime.getRuntime().availableProcessors();
        int trials = ExperimentSpec.trials(contestants.size(), seeds().size(), split);
        ComputeDevice chosen = Accelerators.here().choose(first(device, first(said.device(), Accelerators.AUTO)));
        int atOnce = inProcess
                ? 1
                : together != null ? together : defaultJobs(chosen == ComputeDevice.CUDA ? 1 : cores, trials, perTrial);
        return new ExperimentSpec(
                ExperimentSpec.SCHEMA,
                images().get(0),
                split,
                contestants,
                seeds(),
                atOnce,
                perTrial != null ? perTrial : runOptions.elsewhere() ? 1 : Math.max(1, cores / Math.max(1, atOnce)),
                chosen,
                timeout,
                first(region, first(said.region(), EquivalenceRegion.STANDARD.points())),
                tuning,
                "");
    }

    List<DatasetSpec> images() {
        List<ExperimentFile.Dataset> ofFile = file().content().allDatasets();
        if (!datasets.isEmpty()) {
            // The limits of the file also apply to data sets of the command line; an image size belongs to its own
            // folder.
            ExperimentFile.Dataset limits = ofFile.size() == 1 ? ofFile.get(0) : null;
            return datasets.stream().map(name -> images(name, null, limits)).toList();
        }
        return ofFile.isEmpty()
                ? List.of(images(null, null, null))
                : ofFile.stream().map(one -> images(one.name(), one, one)).toList();
    }

    private DatasetSpec images(
            @Nullable String name, ExperimentFile.@Nullable Dataset files, ExperimentFile.@Nullable Dataset said) {
        Integer train = limitTrain != null
                ? limitTrain
                : quick ? (Integer) QUICK_TRAIN : said == null ? null : said.limitTrain();
        Integer test =
                limitTest != null ? limitTest : quick ? (Integer) QUICK_TEST : said == null ? null : said.limitTest();
        DatasetSpec images = reading.of(first(name, "fashion-mnist"), files, first(train, 0), first(test, 0))
                .anywhere();
        Boolean mirrored = recipes.mirrored();
        return mirrored == null ? images : images.withMirrored(mirrored);
    }

    String commandLine() {
        return command.commandLine().getParseResult().originalArgs().stream()
                .map(Shell::quoted)
                .collect(Collectors.joining(" "));
    }

    private ExperimentFile file() {
        if (file == null) {
            file = config == null ? ExperimentFile.NONE : ExperimentFile.read(config);
        }
        return file;
    }

    private static <T> T first(@Nullable T said, T otherwise) {
        return said == null ? otherwise : said;
    }

    /** Chooses how many trials run at once: two with one thread each end sooner than two in turn with two threads. */
    private static int defaultJobs(int cores, int trials, @Nullable Integer threads) {
        int most = threads == null ? cores : Math.max(1, cores / Math.max(1, threads));
        return Math.max(1, Math.min(most, trials));
    }

    /** The options of every command that splits the training images into folds. */
    static final class FoldOptions {

        @Option(names = "--folds", paramLabel = "K", description = "Number of folds. Default: 5; tune: 3")
        private @Nullable Integer folds;

        @Option(names = "--repeats", paramLabel = "N", description = "Number of splits into folds. Default: 1")
        private @Nullable Integer repeats;

        /** Returns the split into folds; the default number is used unless options or a file say otherwise. */
        SplitSpec split(ExperimentOptions options, int byDefault) {
            if (folds != null && folds == 0) { // a split with 0 folds is a hold-out
                throw new RequestException("--folds must be at least 2, but is 0: try 5");
            }
            return options.split(byDefault, folds, repeats);
        }
    }
}
