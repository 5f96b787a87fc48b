package io.catwalk.runner.cli;

import io.catwalk.api.Balance;
import io.catwalk.api.Criterion;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.TextEscaping;
import io.catwalk.runner.experiment.ExperimentRequest;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.ExperimentTree;
import io.catwalk.runner.experiment.LabelPreservingAugmentations;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.given.BackboneSpec;
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

    @Option(names = "--epochs", paramLabel = "N", description = "Epochs, instead of each recipe's.")
    private @Nullable Integer epochs;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            description = "Images per step, instead of each recipe's, which is lowered if there are few images.")
    private @Nullable Integer batchSize;

    @Option(
            names = "--balance",
            paramLabel = "none|class-weights|sampling",
            description = "How to treat classes of unequal size, instead of what each recipe says: weight each image "
                    + "by the inverse of the size of its class, or draw all classes equally often.")
    private @Nullable String balance;

    @Option(
            names = "--select-by",
            paramLabel = "CRITERION",
            description = "Criterion that selects the best epoch on the validation images, and the best candidate of "
                    + "tune on the folds, instead of each recipe's: accuracy, balanced-accuracy, macro-f1 or loss.")
    private @Nullable String selectBy;

    @Option(
            names = "--augment",
            paramLabel = "all|none|TYPE[=STRENGTH],...",
            description = "Augmentations to train with, and no others: horizontal-flip, shift, rotate, crop, light, "
                    + "erase, own, mixup, cutmix; in the recipe's strength, else in a standard one, or in one of your "
                    + "own, as in rotate=10. all: those of each recipe; none: none. Default: all for fashion-mnist, all "
                    + "but horizontal-flip for other images, unless they are photos that can be flipped")
    private @Nullable String augment;

    @Option(
            names = "--init",
            paramLabel = "FILE|FOLDER",
            description = "Start from these weights, not from random ones: a .params, .safetensors or .onnx file, or a "
                    + "folder with one trained network. They are matched by name and shape; a last layer for other "
                    + "classes starts at random.")
    private @Nullable String init;

    @Option(
            names = "--init-rate",
            paramLabel = "RATE",
            description = "Learning rate factor for the parameters that --init loads; 0 freezes them. Default: 1")
    private @Nullable Double initRate;

    @Option(
            names = "--backbone",
            paramLabel = "FILE.onnx[@TENSOR]",
            description =
                    "Train on the features of this pretrained network, which stays as it is, instead of on images; "
                            + "repeatable. Without @TENSOR, features are the input of its last linear layer. Images go through it "
                            + "once, and the features are kept for later runs.")
    private List<String> backbones = List.of();

    @Option(
            names = "--pool",
            paramLabel = "mean|none",
            description =
                    "What becomes of a map of features: the mean of each channel, or the whole map. Default: mean")
    private @Nullable String pool;

    @Option(
            names = "--views",
            paramLabel = "N",
            description =
                    "Ask backbones about N changed views of each training image, too: each epoch draws one of them or"
                            + " the image. They are made by what --augment says, else by crop and light of photos, by shift of"
                            + " others, and by horizontal-flip where it is allowed.")
    private @Nullable Integer views;

    @Option(
            names = "--normalize",
            paramLabel = "HOW",
            description =
                    "How given files and backbones normalize pixels that do not say it: imagenet, 0-1, -1-1, none (0 to "
                            + "255), MEAN/STD such as 0.485,0.456,0.406/0.229,0.224,0.225, or JSON with mean and std, or a file of it.")
    private @Nullable String normalize;

    @Option(
            names = "--order",
            paramLabel = "rgb|bgr",
            description = "Order of the color channels in given files. Default: rgb")
    private @Nullable String order;

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

    @Option(
            names = "--refit",
            description = "When the validation images have selected the epoch, train once more for as many epochs on "
                    + "training and validation images together: these weights are tested and exported.")
    private boolean refit;

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
            names = "--no-export",
            description = "Train and evaluate only: no ONNX file, no proof, no latency, as for a search among recipes.")
    private boolean noExport;

    @Option(
            names = "--region",
            paramLabel = "POINTS",
            description = "Largest difference in accuracy that does not matter, in points. Default: 0.5")
    private @Nullable Double region;

    @Mixin
    private RunOptions runOptions;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** Runs what is chosen for the images, or named; the names are checked before any image is read. */
    int run(
            String name,
            ExperimentRequest request,
            ClassifierChoice choice,
            Function<PluginCatalog, ExperimentSpec> spec,
            Console console)
            throws IOException, InterruptedException {
        PluginCatalog catalog = runOptions.plugins.open(console);
        request.requireKnown(catalog);
        RunFolder.Existing existing = force ? RunFolder.Existing.REPLACE : RunFolder.Existing.REFUSE;
        return new RunLauncher(runOptions.settings(false, false), catalog, console)
                .start(name, request, choice, spec, out, existing);
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
        layRecipeOver(tree);
        if (seeds != null && seed != null) {
            throw new RequestException("--seeds must not be given together with --seed: keep one of them");
        }
        tree.with("--limit-train", "dataset.limit_train", limitTrain)
                .with("--limit-test", "dataset.limit_test", limitTest)
                .with("--split-seed", "split.seed", splitSeed)
                .with("--hold-out", "split.hold_out", holdOut)
                .with("--refit", "split.refit", refit ? true : null)
                .with("--seed", "seeds", seed == null ? null : List.of(seed))
                .with("--seeds", "seeds", seeds == null ? null : OptionParsers.seeds(seeds))
                .with("--jobs", "jobs", jobs)
                .with("--threads", "threads", threads)
                .with("--device", "device", device)
                .with("--trial-timeout", "trial_timeout", trialTimeout)
                .with("--region", "region", region)
                .with("--no-export", "export", noExport ? false : null)
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

    /** Lays over the file what changes the recipes of plugins. */
    private void layRecipeOver(ExperimentTree tree) {
        if (init == null && initRate != null) {
            throw new RequestException(
                    "--init-rate needs --init: add it, or write rate under init in the experiment file");
        }
        OptionParsers.withinIfGiven("--epochs", epochs, ExperimentSpec.MOST_EPOCHS);
        OptionParsers.withinIfGiven("--views", views, BackboneSpec.Views.MOST);
        OptionParsers.withinIfGiven("--batch-size", batchSize, Integer.MAX_VALUE);
        if (augment != null) {
            boolean mirrors = LabelPreservingAugmentations.parse(augment).mirrors();
            tree.with("--augment", "augment", augment).with("--augment", "dataset.mirrored", mirrors);
        }
        tree.with("--epochs", "recipe.epochs", epochs)
                .with("--batch-size", "recipe.batch_size", batchSize)
                .with("--balance", "recipe.balance", OptionParsers.oneOf("--balance", balance, Balance.values()))
                .with(
                        "--select-by",
                        "recipe.select_by",
                        OptionParsers.oneOf("--select-by", selectBy, Criterion.values()))
                .with("--backbone", "backbones", backbones.isEmpty() ? null : backbones)
                .with("--pool", "pool", OptionParsers.oneOf("--pool", pool, BackboneSpec.Pool.values()))
                .with("--views", "views", views)
                .with("--normalize", "given.normalize", normalize)
                .with("--order", "given.order", order)
                .with("--init", "init.file", init)
                .with("--init-rate", "init.rate", initRate);
    }

    private String commandLine() {
        return command.commandLine().getParseResult().originalArgs().stream()
                .map(TextEscaping::shellWord)
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
