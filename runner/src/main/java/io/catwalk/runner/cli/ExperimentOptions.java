package io.catwalk.runner.cli;

import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Recipe;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.experiment.Contestant;
import io.catwalk.runner.experiment.Experiment;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.plugin.LoadedClassifier;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.statistics.EquivalenceRegion;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.SplitSpec;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options of every command that trains. */
final class ExperimentOptions {

    private static final int QUICK_TRAIN = 6_000;
    private static final int QUICK_TEST = 2_000;
    private static final int QUICK_EPOCHS = 4;
    private static final int QUICK_BATCH = 32;

    @Option(
            names = "--dataset",
            paramLabel = "NAME|DIR",
            description =
                    "fashion-mnist, a folder of IDX files, or a folder of train/CLASS/*.png and test/CLASS/*.png. "
                            + "Default: ${DEFAULT-VALUE}")
    String dataset = "fashion-mnist";

    @Option(names = "--image-size", paramLabel = "WxH", description = "Resize the images of a folder.")
    @Nullable
    String imageSize;

    @Option(names = "--out", paramLabel = "DIR", description = "Run folder to make. Default: runs/COMMAND-TIME")
    @Nullable
    Path out;

    @Option(names = "--force", description = "Replace the run folder if it is there.")
    boolean force;

    @Option(names = "--epochs", paramLabel = "N", description = "Epochs, instead of each recipe's.")
    @Nullable
    Integer epochs;

    @Option(names = "--batch-size", paramLabel = "N", description = "Images per step, instead of each recipe's.")
    @Nullable
    Integer batchSize;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of everything random. Default: ${DEFAULT-VALUE}")
    long seed = 1;

    @Option(
            names = "--hold-out",
            paramLabel = "SHARE",
            description = "Share of the training images kept for validation. Default: ${DEFAULT-VALUE}")
    double holdOut = 0.1;

    @Option(names = "--limit-train", paramLabel = "N", description = "Use N training images, in equal shares.")
    @Nullable
    Integer limitTrain;

    @Option(names = "--limit-test", paramLabel = "N", description = "Use N test images, in equal shares.")
    @Nullable
    Integer limitTest;

    @Option(names = "--jobs", paramLabel = "N", description = "Trials at once. Default: one for each core")
    @Nullable
    Integer jobs;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of each trial. Default: what the jobs leave")
    @Nullable
    Integer threads;

    @Option(
            names = "--trial-timeout",
            paramLabel = "TIME",
            description = "Stop a trial that takes longer, such as 90s, 30m or 2h.")
    @Nullable
    String trialTimeout;

    @Option(
            names = "--quick",
            description = "A first look: " + QUICK_TRAIN + " training and " + QUICK_TEST + " test images, "
                    + QUICK_EPOCHS + " epochs, batches of " + QUICK_BATCH + ".")
    boolean quick;

    @Option(
            names = "--region",
            paramLabel = "POINTS",
            description = "Largest difference in accuracy that does not matter, in points. Default: 0.5")
    @Nullable
    Double region;

    @Mixin
    ConductOptions conduct;

    /** Runs the experiment that is asked for and prints what came of it. */
    int run(String name, CommandSpec command, Function<PluginCatalog, ExperimentSpec> request)
            throws IOException, InterruptedException {
        Console console = new Console(command);
        try (PluginCatalog catalog = PluginCatalog.open(conduct.pluginsDir)) {
            ExperimentSpec spec = request.apply(catalog)
                    .recording(String.join(
                            " ", command.commandLine().getParseResult().originalArgs()));
            Experiment experiment = conduct.experiment(spec, catalog);
            RunFolder run = RunFolder.create(
                    out == null ? defaultOut(name) : out,
                    force ? RunFolder.Existing.REPLACE : RunFolder.Existing.REFUSE);
            run.writeExperiment(spec);
            return conduct.carryOut(spec, experiment, run, console);
        }
    }

    /** Finds who takes part, with what the plugins come with. */
    List<Contestant> contestants(List<String> names, PluginCatalog catalog, Console console) {
        List<LoadedClassifier> chosen = names.isEmpty()
                ? catalog.classifiers()
                : new LinkedHashSet<>(names).stream().map(catalog::require).toList();
        if (chosen.isEmpty()) {
            throw new RequestException(
                    "expected at least one plugin in " + conduct.pluginsDir + ", but found none: see catwalk list");
        }
        if (names.isEmpty()) {
            catalog.failures().forEach(failure -> console.note("left out: " + failure));
        }
        return chosen.stream().map(one -> contestant(one, Map.of())).toList();
    }

    /** Puts the request together. */
    ExperimentSpec spec(List<Contestant> contestants, SplitSpec split) {
        DatasetSpec images = new DatasetSpec(
                        dataset,
                        imageSize,
                        limitTrain == null ? (quick ? QUICK_TRAIN : 0) : limitTrain,
                        limitTest == null ? (quick ? QUICK_TEST : 0) : limitTest)
                .anywhere();
        if (conduct.inProcess && trialTimeout != null) {
            throw new RequestException("--trial-timeout needs processes that can be stopped: leave --in-process out");
        }
        int cores = Runtime.getRuntime().availableProcessors();
        int trials = contestants.size() * Math.max(1, split.lastFold());
        int atOnce = conduct.inProcess ? 1 : jobs == null ? defaultJobs(cores, trials) : jobs;
        return new ExperimentSpec(
                ExperimentSpec.SCHEMA,
                images,
                split,
                contestants,
                List.of(seed),
                atOnce,
                threads == null ? Math.max(1, cores / Math.max(1, atOnce)) : threads,
                trialTimeout == null ? null : ConductOptions.seconds("--trial-timeout", trialTimeout),
                region == null ? EquivalenceRegion.STANDARD.points() : region,
                null,
                "");
    }

    /** Packs trials: two with one thread each finish sooner than one after the other with two threads. */
    private int defaultJobs(int cores, int trials) {
        int most = threads == null ? cores : Math.max(1, cores / Math.max(1, threads));
        return Math.max(1, Math.min(most, trials));
    }

    /** Makes a contestant of a classifier, by what is chosen of its hyperparameters and by these options. */
    Contestant contestant(LoadedClassifier classifier, Map<String, Object> choices) {
        Hyperparameters chosen;
        try {
            chosen = classifier.searchSpace().choose(choices);
        } catch (IllegalArgumentException e) {
            throw new RequestException(classifier.name() + ": " + e.getMessage(), e);
        }
        Recipe recipe = classifier.recipe(chosen);
        if (quick) {
            recipe = recipe.withEpochs(QUICK_EPOCHS).withBatchSize(QUICK_BATCH);
        }
        if (epochs != null) {
            recipe = recipe.withEpochs(atLeastOne("--epochs", epochs));
        }
        if (batchSize != null) {
            recipe = recipe.withBatchSize(atLeastOne("--batch-size", batchSize));
        }
        return new Contestant(classifier.name(), TrialSpec.DEFAULT_VARIANT, chosen.values(), recipe);
    }

    private static int atLeastOne(String option, int value) {
        if (value < 1) {
            throw new RequestException(option + " must be at least 1, but is " + value);
        }
        return value;
    }

    private static Path defaultOut(String command) {
        String time = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT)
                .format(LocalDateTime.now(ZoneId.systemDefault()));
        return Path.of("runs", command + "-" + time);
    }
}
