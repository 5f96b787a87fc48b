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

/** Puts a recipe into words. */
public final class RecipeWords {

    private RecipeWords() {}

    /**
     * Says what a recipe does.
     *
     * @param recipe any recipe
     * @return one entry for each thing; what it leaves out is not named
     */
    public static List<String> of(Recipe recipe) {
        List<String> words = new ArrayList<>();
        words.add(optimizer(recipe.optimizer()) + ", " + schedule(recipe.schedule()));
        words.add("Batches of " + recipe.batchSize() + " images, "
                + (recipe.loss() == Loss.OWN ? "a loss of the plugin's own" : "cross entropy")
                + (recipe.labelSmoothing() == 0 ? "" : " with label smoothing " + number(recipe.labelSmoothing())));
        for (Augmentation augmentation : recipe.augmentations()) {
            words.add(of(augmentation));
        }
        if (recipe.averaging() > 0) {
            words.add("The weights are a moving average over the steps, with decay " + number(recipe.averaging()));
        }
        if (recipe.clipNorm() > 0) {
            words.add("Gradients are cut to norm " + number(recipe.clipNorm()));
        }
        if (recipe.balance() != Balance.NONE) {
            words.add(
                    recipe.balance() == Balance.SAMPLING
                            ? "Each epoch sees all classes alike often"
                            : "Each image counts by the inverse of the size of its class");
        }
        if (recipe.selectBy() != Criterion.ACCURACY) {
            words.add("The best epoch is chosen by " + new Measure(recipe.selectBy()).title()
                    + " on the validation images");
        }
        if (recipe.patience() > 0) {
            words.add("Training stops after " + recipe.patience() + " epochs without a better one");
        }
        if (recipe.pretrained()) {
            words.add("It starts from the weights that the plugin brings");
        }
        recipe.groups().forEach(group -> words.add(group(group)));
        return words;
    }

    /**
     * Says how a network was trained.
     *
     * @param trial any
     * @return what its recipe does, and which weights it started from
     */
    public static List<String> of(TrialSpec trial) {
        InitialWeights init = trial.init();
        Recipe recipe = trial.recipe();
        List<String> words = new ArrayList<>(of(init == null ? recipe : recipe.withPretrained(false)));
        if (init != null) {
            words.add(
                    0,
                    "It starts from the weights of sha256 " + init.sha256().substring(0, 12)
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
            return String.format(
                    Locale.ROOT, "one cycle: rising for %.0f %% of the steps, then falling to 0", cycle.warmUp() * 100);
        }
        return schedule instanceof Schedule.Cosine ? "falling along half a cosine to 0" : "constant";
    }

    /**
     * Says what an augmentation does.
     *
     * @param augmentation any
     * @return one sentence without its period
     */
    public static String of(Augmentation augmentation) {
        if (augmentation instanceof Augmentation.Shift shift) {
            return format("Images are moved by up to %s %% of their sides", percent(shift.share()));
        }
        if (augmentation instanceof Augmentation.Rotate rotate) {
            return format("Images are turned by up to %s degrees to either side", number(rotate.degrees()));
        }
        if (augmentation instanceof Augmentation.Crop crop) {
            return format("A part of each image, of %s %% or more, is enlarged", percent(crop.smallestArea()));
        }
        if (augmentation instanceof Augmentation.Light light) {
            return format(
                    "Brightness is changed by up to %s %%, contrast by up to %s %%",
                    percent(light.brightness()), percent(light.contrast()));
        }
        if (augmentation instanceof Augmentation.Erase erase) {
            return format(
                    "A rectangle of up to %.0f %% is erased from %.0f %% of the images",
                    erase.largestArea() * 100, erase.probability() * 100);
        }
        if (augmentation instanceof Augmentation.Mixup mixup) {
            return format("Each image is mixed with another, mixup with alpha %s", number(mixup.alpha()));
        }
        if (augmentation instanceof Augmentation.CutMix cutMix) {
            return format("Each image gets a part of another, CutMix with alpha %s", number(cutMix.alpha()));
        }
        if (augmentation instanceof Augmentation.Own) {
            return "Batches are changed in a way of the plugin's own";
        }
        return "Half of the images are mirrored left to right";
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static String percent(double share) {
        return number(Math.round(share * 1000) / 10.0);
    }

    /** Writes a number as short as it reads back, without an exponent. */
    private static String number(double value) {
        return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
    }
}
