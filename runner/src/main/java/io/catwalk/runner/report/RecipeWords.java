package io.catwalk.runner.report;

import io.catwalk.api.Augmentation;
import io.catwalk.api.Optimizer;
import io.catwalk.api.Recipe;
import io.catwalk.api.Schedule;
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
        words.add("Batches of " + recipe.batchSize() + " images, cross entropy"
                + (recipe.labelSmoothing() == 0 ? "" : " with label smoothing " + number(recipe.labelSmoothing())));
        for (Augmentation augmentation : recipe.augmentations()) {
            words.add(augmentation(augmentation));
        }
        if (recipe.averaging() > 0) {
            words.add("The weights are a moving average over the steps, with decay " + number(recipe.averaging()));
        }
        if (recipe.clipNorm() > 0) {
            words.add("Gradients are cut to norm " + number(recipe.clipNorm()));
        }
        if (recipe.patience() > 0) {
            words.add("Training stops after " + recipe.patience() + " epochs without a better one");
        }
        return words;
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

    private static String augmentation(Augmentation augmentation) {
        if (augmentation instanceof Augmentation.Shift shift) {
            return "Images are moved by up to " + shift.pixels() + (shift.pixels() == 1 ? " pixel" : " pixels")
                    + " in each direction";
        }
        if (augmentation instanceof Augmentation.Erase erase) {
            return String.format(
                    Locale.ROOT,
                    "A rectangle of up to %.0f %% is erased from %.0f %% of the images",
                    erase.largestArea() * 100,
                    erase.probability() * 100);
        }
        return "Half of the images are mirrored left to right";
    }

    /** Writes a number as short as it reads back, without an exponent. */
    private static String number(double value) {
        return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
    }
}
