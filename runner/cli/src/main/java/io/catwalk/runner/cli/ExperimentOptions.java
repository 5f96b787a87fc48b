package io.catwalk.runner.cli;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.Shell;
import io.catwalk.runner.experiment.ExperimentRequest;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.ExperimentTree;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.plugin.PluginCatalog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
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
    private static final int QUICK_EPOCHS = 4;
    private static final int QUICK_BATCH = 32;

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
    private ImageOptions reading;

    @Option(names = "--out", paramLabel = "DIR", description = "Run folder to make. Default: runs/COMMAND-TIME")
    private @Nullable Path out;

    @Option(names = "--force", description = "Replace the run folder if it is there.")
    private boolean force;

    @Mixin
    private RecipeOptions recipes;

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
                    + QUICK_EPOCHS + " epochs, batches of " + QUICK_BATCH + ".")
    private boolean quick;

    @Option(
            names = "--region",
            paramLabel = "POINTS",
            description = "Largest difference in accuracy that does not matter, in points. Default: 0.5")
    private @Nullable Double region;

    @Mixin
    private RunOptions runOptions;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** Runs what is chosen for the images; the names are checked before any image is read. */
    int run(String name, ExperimentRequest request, Function<PluginCatalog, ExperimentSpec> choice, Console console)
            throws IOException, InterruptedException {
        PluginCatalog catalog = runOptions.plugins.open(console);
        request.requireKnown(catalog);
        RunFolder.Existing existing = force ? RunFolder.Existing.REPLACE : RunFolder.Existing.REFUSE;
        return new RunLauncher(runOptions.settings(false, false), catalog, console)
                .start(name, request, choice, out, existing);
    }

    /** Lays the options over the file, the later ones over the earlier ones. */
    ExperimentTree tree(List<String> classifiers) {
        ExperimentTree tree = config == null ? ExperimentTree.empty() : ExperimentTree.of(config);
        tree.with("", "names", classifiers);
        if (!datasets.isEmpty()) {
            tree.setDataSets(datasets);
        }
        if (quick) {
            tree.with("--quick", "dataset.limit_train", QUICK_TRAIN)
                    .with("--quick", "dataset.limit_test", QUICK_TEST)
                    .with("--quick", "recipe.epochs", QUICK_EPOCHS)
                    .with("--quick", "recipe.batch_size", QUICK_BATCH);
        }
        reading.layOver(tree);
        recipes.layOver(tree);
        if (seeds != null && seed != null) {
            throw new RequestException("--seeds must not be given together with --seed: keep one of them");
        }
        tree.with("--limit-train", "dataset.limit_train", limitTrain)
                .with("--limit-test", "dataset.limit_test", limitTest)
                .with("--split-seed", "split.seed", splitSeed)
                .with("--hold-out", "split.hold_out", holdOut)
                .with("--seed", "seeds", seed == null ? null : List.of(seed))
                .with("--seeds", "seeds", seeds == null ? null : OptionParsers.seeds(seeds))
                .with("--jobs", "jobs", jobs)
                .with("--threads", "threads", threads)
                .with("--device", "device", device)
                .with("--trial-timeout", "trial_timeout", trialTimeout)
                .with("--region", "region", region)
                .with("", "command", commandLine());
        if (runOptions.on().equals("in-process")) {
            if (tree.has("trial_timeout") || tree.has("trial_timeout_seconds")) {
                throw new RequestException(
                        "--trial-timeout needs processes that can be stopped: leave --in-process out");
            }
            tree.with("--in-process", "jobs", 1);
        }
        return runOptions.elsewhere() && !tree.has("threads") ? tree.with("", "threads", 1) : tree;
    }

    private String commandLine() {
        return command.commandLine().getParseResult().originalArgs().stream()
                .map(Shell::quoted)
                .collect(Collectors.joining(" "));
    }

    /** The options of every command that splits the training images into folds. */
    static final class FoldOptions {

        @Option(names = "--folds", paramLabel = "K", description = "Number of folds. Default: 5; tune: 3")
        private @Nullable Integer folds;

        @Option(names = "--repeats", paramLabel = "N", description = "Number of splits into folds. Default: 1")
        private @Nullable Integer repeats;

        /** Lays these options over a request; the default number is used unless they or the file say otherwise. */
        ExperimentTree over(ExperimentTree tree, int byDefault) {
            if (folds != null && folds == 0) { // a split with 0 folds is a hold-out
                throw new RequestException("--folds must be at least 2, but is 0: try 5");
            }
            tree.with("--folds", "split.folds", folds).with("--repeats", "split.repeats", repeats);
            boolean none = List.of("", "0").contains(tree.get("split.folds").toString());
            return none ? tree.with("", "split.folds", byDefault) : tree;
        }
    }
}
