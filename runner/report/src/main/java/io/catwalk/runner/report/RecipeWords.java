package io.catwalk.runner.report;

import io.catwalk.api.Augmentation;
import io.catwalk.api.Balance;
import io.catwalk.api.Criterion;
import io.catwalk.api.Loss;
import io.catwalk.api.Optimizer;
import io.catwalk.api.ParameterGroup;
import io.catwalk.api.Recipe;
import io.catwalk.api.Schedule;
import io.catwalk.runner.training.WarmStart.InitialWeights;
import io.catwalk.runner.trial.TrialSpec;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The settings of a recipe, each with its name. */
public final class RecipeWords {

    private RecipeWords() {}

    /** Returns name and value of each setting, in the order of reading; settings that are off are left out. */
    public static Map<String, String> settings(Recipe recipe) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("Epochs", Integer.toString(recipe.epochs()));
        settings.put("Batch size", Integer.toString(recipe.batchSize()));
        Optimizer optimizer = recipe.optimizer();
        settings.put(
                "Optimizer",
                optimizer instanceof Optimizer.Sgd sgd ? "SGD, Nesterov momentum " + number(sgd.momentum()) : "AdamW");
        settings.put("Peak learning rate", number(optimizer.learningRate()));
        settings.put("Weight decay", number(optimizer.weightDecay()));
        settings.put("Schedule", schedule(recipe.schedule()));
        settings.put("Loss", recipe.loss() == Loss.OWN ? "the plugin's own" : "cross-entropy");
        if (recipe.labelSmoothing() > 0) {
            settings.put("Label smoothing", number(recipe.labelSmoothing()));
        }
        for (Augmentation augmentation : recipe.augmentations()) {
            Map.Entry<String, String> setting = setting(augmentation);
            settings.merge(setting.getKey(), setting.getValue(), (one, other) -> one + "; " + other);
        }
        if (recipe.averaging() > 0) {
            settings.put("Weight averaging", "decay " + number(recipe.averaging()));
        }
        if (recipe.clipNorm() > 0) {
            settings.put("Gradient clipping", "norm " + number(recipe.clipNorm()));
        }
        if (recipe.balance() != Balance.NONE) {
            settings.put(
                    "Class balance", recipe.balance() == Balance.SAMPLING ? "equal sampling" : "class-weighted loss");
        }
        if (recipe.selectBy() != Criterion.ACCURACY) {
            settings.put("Epoch selected by", Wording.criterion(recipe.selectBy()));
        }
        if (recipe.patience() > 0) {
            settings.put("Early stopping", "after " + Wording.count(recipe.patience(), "epoch"));
        }
        if (recipe.pretrained()) {
            settings.put("Starts from", "the plugin's pretrained weights");
        }
        for (ParameterGroup group : recipe.groups()) {
            settings.put("Parameters " + group.names(), speed(group.rate()));
        }
        return settings;
    }

    /** Describes how a network was trained: its recipe, the size of its images if it is its own, and which weights it started from. */
    public static Map<String, String> settings(TrialSpec trial) {
        Map<String, String> settings = settings(trial.recipe());
        if (trial.imageSize() != null) {
            settings.put("Images", trial.imageSize());
        }
        InitialWeights init = trial.init();
        if (init != null) {
            settings.put(
                    "Starts from",
                    "weights " + init.sha256().substring(0, 12)
                            + (init.rate() == 1 ? "" : " (" + speed(init.rate()) + ")"));
        }
        return settings;
    }

    public static List<String> of(Recipe recipe) {
        return settings(recipe).entrySet().stream().map(RecipeWords::line).toList();
    }

    public static String of(Augmentation augmentation) {
        return line(setting(augmentation));
    }

    private static String line(Map.Entry<String, String> setting) {
        return setting.getKey() + ": " + setting.getValue();
    }

    private static String speed(double rate) {
        return rate == 0 ? "frozen" : "learning rate × " + number(rate);
    }

    private static String schedule(Schedule schedule) {
        if (schedule instanceof Schedule.OneCycle cycle) {
            return "one-cycle, warm-up " + percent(cycle.warmUp());
        }
        return schedule instanceof Schedule.Cosine ? "cosine decay to 0" : "constant";
    }

    private static Map.Entry<String, String> setting(Augmentation augmentation) {
        if (augmentation instanceof Augmentation.Shift shift) {
            return Map.entry("Random shift", "up to " + percent(shift.share()) + " of width and height");
        }
        if (augmentation instanceof Augmentation.Rotate rotate) {
            return Map.entry("Random rotation", "up to " + number(rotate.degrees()) + "°");
        }
        if (augmentation instanceof Augmentation.Crop crop) {
            return Map.entry("Random resized crop", "at least " + percent(crop.smallestArea()) + " of the area");
        }
        if (augmentation instanceof Augmentation.Light light) {
            return Map.entry(
                    "Color jitter",
                    "brightness up to " + percent(light.brightness()) + ", contrast up to "
                            + percent(light.contrast()));
        }
        if (augmentation instanceof Augmentation.Erase erase) {
            return Map.entry(
                    "Random erasing",
                    percent(erase.probability()) + " of images, up to " + percent(erase.largestArea())
                            + " of the area");
        }
        if (augmentation instanceof Augmentation.Mixup mixup) {
            return Map.entry("Mixup", "alpha " + number(mixup.alpha()));
        }
        if (augmentation instanceof Augmentation.CutMix cutMix) {
            return Map.entry("CutMix", "alpha " + number(cutMix.alpha()));
        }
        return augmentation instanceof Augmentation.Own
                ? Map.entry("Augmentation", "the plugin's own")
                : Map.entry("Random horizontal flip", "half of the images");
    }

    /** Writes a share in percent with up to four decimals: recipes that differ must not read the same. */
    private static String percent(double share) {
        return number(Math.round(share * 1e6) / 1e4) + " %";
    }

    /** Writes a number with the fewest digits that read back as the same number, without an exponent. */
    private static String number(double value) {
        return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
    }
}
