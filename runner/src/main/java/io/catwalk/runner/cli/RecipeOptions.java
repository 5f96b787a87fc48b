package io.catwalk.runner.cli;

import io.catwalk.api.Balance;
import io.catwalk.api.Criterion;
import io.catwalk.api.Recipe;
import io.catwalk.api.Task;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.experiment.ClassifierConfig;
import io.catwalk.runner.experiment.ClassifierEntry.InitialEntry;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.LabelPreservingAugmentations;
import io.catwalk.runner.training.InitialWeights;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that trains: changes to the recipes of plugins. */
final class RecipeOptions {

    static final int QUICK_EPOCHS = 4;
    static final int QUICK_BATCH = 32;

    @Option(names = "--epochs", paramLabel = "N", description = "Epochs, instead of each recipe's.")
    private @Nullable Integer epochs;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            description = "Images per step, instead of each recipe's, which is lowered if there are few images.")
    @Nullable
    Integer batchSize;

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

    private @Nullable InitialWeights start;

    /** Whether a recipe has lost its mirroring because nobody said that the images may be mirrored. */
    boolean unmirrored;

    @Nullable
    Boolean mirrored() {
        return augment == null
                ? null
                : (Boolean) LabelPreservingAugmentations.parse(augment).mirrors();
    }

    /**
     * Removes from a recipe the augmentations that may change a class, unless the user wrote them, or applies
     * --augment.
     */
    Recipe harmless(Recipe recipe, boolean own, Task task) {
        if (augment != null) {
            return LabelPreservingAugmentations.parse(augment).appliedTo(recipe);
        }
        if (own) {
            return recipe;
        }
        Recipe kept = LabelPreservingAugmentations.of(task).appliedTo(recipe);
        unmirrored |= !kept.equals(recipe);
        return kept;
    }

    @Nullable
    InitialWeights start() {
        if (init == null && initRate != null) {
            throw new RequestException(
                    "--init-rate needs --init: add it, or write rate under init in the experiment file");
        }
        if (init != null && start == null) {
            start = new InitialEntry(init, null, initRate).resolved();
        }
        return start;
    }

    /** Refuses initial weights for several networks, since they fit only one. */
    void requireOneToStart(List<ClassifierConfig> contestants) {
        List<String> names =
                contestants.stream().map(ClassifierConfig::name).distinct().toList();
        if (init != null && names.size() > 1) {
            throw new RequestException("--init must be for one classifier, but there are " + names.size()
                    + ": name one, or write init beside each in an experiment file");
        }
    }

    Recipe adjusted(Recipe base, boolean quick) {
        Recipe recipe = base;
        if (quick) {
            recipe = recipe.withEpochs(QUICK_EPOCHS).withBatchSize(QUICK_BATCH);
        }
        if (epochs != null) {
            recipe = recipe.withEpochs(OptionParsers.within("--epochs", epochs, ExperimentSpec.MOST_EPOCHS));
        }
        if (batchSize != null) {
            recipe = recipe.withBatchSize(OptionParsers.within("--batch-size", batchSize, Integer.MAX_VALUE));
        }
        if (balance != null) {
            recipe = recipe.withBalance(OptionParsers.oneOf("--balance", balance, Balance.values()));
        }
        if (selectBy != null) {
            recipe = recipe.withSelectBy(OptionParsers.oneOf("--select-by", selectBy, Criterion.values()));
        }
        return recipe;
    }
}
