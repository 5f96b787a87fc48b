package io.catwalk.runner.report;

import io.catwalk.api.Augmentation;
import io.catwalk.api.Balance;
import io.catwalk.api.Criterion;
import io.catwalk.api.Loss;
import io.catwalk.api.Optimizer;
import io.catwalk.api.ParameterGroup;
import io.catwalk.api.Recipe;
import io.catwalk.api.Schedule;
import io.catwalk.runner.experiment.Measure;
import io.catwalk.runner.training.InitialWeights;
import io.catwalk.runner.trial.TrialSpec;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Describes a recipe in words. */
public final class RecipeWords {

    private RecipeWords() {}

    /**
     * Describes what a recipe does.
     *
     * @param recipe any recipe
     * @return one entry for each setting; settings that are off are left out
     */
    public static List<String> of(Recipe recipe) {
        List<String> words = new ArrayList<>();
        words.add(optimizer(recipe.optimizer()) + ", " + schedule(recipe.schedule()));
        words.add("Batches of " + Findings.count(recipe.batchSize(), "image", "images") + ", "
                + (recipe.loss() == Loss.OWN ? "the plugin's own loss" : "cross-entropy loss")
                + (recipe.labelSmoothing() == 0 ? "" : " with label smoothing " + number(recipe.labelSmoothing())));
        for (Augmentation augmentation : recipe.augmentations()) {
            words.add(of(augmentation));
        }
        if (recipe.averaging() > 0) {
            words.add("Exponential moving average of the weights, decay " + number(recipe.averaging()));
        }
        if (recipe.clipNorm() > 0) {
            words.add("Gradient clipping at norm " + number(recipe.clipNorm()));
        }
        if (recipe.balance() != Balance.NONE) {
            words.add(
                    recipe.balance() == Balance.SAMPLING
                            ? "Class-balanced sampling: each epoch sees all classes equally often"
                            : "Class-weighted loss: each image counts by the inverse of the size of its class");
        }
        if (recipe.selectBy() != Criterion.ACCURACY) {
            words.add("The epoch is selected by " + new Measure(recipe.selectBy()).title() + " on the validation set");
        }
        if (recipe.patience() > 0) {
            words.add("Early stopping after " + Findings.count(recipe.patience(), "epoch", "epochs")
                    + " without improvement");
        }
        if (recipe.pretrained()) {
            words.add("Starts from the pretrained weights of the plugin");
        }
        recipe.groups().forEach(group -> words.add(group(group)));
        return words;
    }

    /**
     * Describes how a network was trained.
     *
     * @param trial any trial
     * @return what its recipe does, and which weights it started from
     */
    public static List<String> of(TrialSpec trial) {
        InitialWeights init = trial.init();
        Recipe recipe = trial.recipe();
        List<String> words = new ArrayList<>(of(init == null ? recipe : recipe.withPretrained(false)));
        if (init != null) {
            words.add(
                    0,
                    "Starts from the weights with sha256 " + init.sha256().substring(0, 12)
                            + (init.rate() == 1 ? "" : ", which" + speed(init.rate())));
        }
        return words;
    }

    private static String group(ParameterGroup group) {
        return "Parameters named " + group.names() + speed(group.rate());
    }

    private static String speed(double rate) {
        return rate == 0 ? " are frozen" : " learn at " + number(rate) + " times the rate";
    }

    private static String optimizer(Optimizer optimizer) {
        String name = optimizer instanceof Optimizer.Sgd sgd
                ? "SGD with Nesterov momentum " + number(sgd.momentum())
                : "AdamW";
        return name + ", peak learning rate " + number(optimizer.learningRate()) + ", decoupled weight decay "
                + number(optimizer.weightDecay());
    }

    private static String schedule(Schedule schedule) {
        if (schedule instanceof Schedule.OneCycle cycle) {
            return format(
                    "one-cycle schedule: warm-up for %s %% of the steps, then decay to 0", percent(cycle.warmUp()));
        }
        return schedule instanceof Schedule.Cosine ? "cosine decay to 0" : "constant";
    }

    /**
     * Describes what an augmentation does.
     *
     * @param augmentation any augmentation
     * @return one sentence without its period
     */
    public static String of(Augmentation augmentation) {
        if (augmentation instanceof Augmentation.Shift shift) {
            return format("Random shift: up to %s %% of the width and height", percent(shift.share()));
        }
        if (augmentation instanceof Augmentation.Rotate rotate) {
            return format("Random rotation: up to %s degrees in either direction", number(rotate.degrees()));
        }
        if (augmentation instanceof Augmentation.Crop crop) {
            return format("Random resized crop: at least %s %% of the area", percent(crop.smallestArea()));
        }
        if (augmentation instanceof Augmentation.Light light) {
            return format(
                    "Color jitter: brightness by up to %s %%, contrast by up to %s %%",
                    percent(light.brightness()), percent(light.contrast()));
        }
        if (augmentation instanceof Augmentation.Erase erase) {
            return format(
                    "Random erasing: %s %% of images, up to %s %% of the area",
                    percent(erase.probability()), percent(erase.largestArea()));
        }
        if (augmentation instanceof Augmentation.Mixup mixup) {
            return format("Mixup with alpha %s", number(mixup.alpha()));
        }
        if (augmentation instanceof Augmentation.CutMix cutMix) {
            return format("CutMix with alpha %s", number(cutMix.alpha()));
        }
        if (augmentation instanceof Augmentation.Own) {
            return "Augmentation of the plugin's own";
        }
        return "Random horizontal flip: half of the images";
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /** Writes a share in percent with up to four decimals: recipes that differ must not read the same. */
    private static String percent(double share) {
        return number(Math.round(share * 1e6) / 1e4);
    }

    /** Writes a number with the fewest digits that read back as the same number, without an exponent. */
    private static String number(double value) {
        return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
    }
}
