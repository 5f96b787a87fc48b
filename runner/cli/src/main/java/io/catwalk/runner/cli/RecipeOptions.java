package io.catwalk.runner.cli;

import io.catwalk.api.Balance;
import io.catwalk.api.Criterion;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.ExperimentTree;
import io.catwalk.runner.experiment.LabelPreservingAugmentations;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that trains: changes to the recipes of plugins. */
final class RecipeOptions {

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
                    + "but horizontal-flip for other images")
    private @Nullable String augment;

    @Option(
            names = "--init",
            paramLabel = "FILE|FOLDER",
            description = "Start from these weights, not from random ones: a .params, .safetensors or .onnx file, or a "
                    + "folder with one trained network. They are matched by name and shape; a last layer for another "
                    + "number of classes starts at random.")
    private @Nullable String init;

    @Option(
            names = "--init-rate",
            paramLabel = "RATE",
            description = "Learning rate factor for the parameters that --init loads; 0 freezes them. Default: 1")
    private @Nullable Double initRate;

    void layOver(ExperimentTree tree) {
        if (init == null && initRate != null) {
            throw new RequestException(
                    "--init-rate needs --init: add it, or write rate under init in the experiment file");
        }
        if (epochs != null) {
            OptionParsers.within("--epochs", epochs, ExperimentSpec.MOST_EPOCHS);
        }
        if (batchSize != null) {
            OptionParsers.within("--batch-size", batchSize, Integer.MAX_VALUE);
        }
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
                .with("--init", "init.file", init)
                .with("--init-rate", "init.rate", initRate);
    }
}
