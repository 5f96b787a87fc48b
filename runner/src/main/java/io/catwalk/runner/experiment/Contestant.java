package io.catwalk.runner.experiment;

import io.catwalk.api.Recipe;
import io.catwalk.runner.trial.TrialName;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Names one classifier of an experiment with everything chosen about it.
 *
 * @param name of the classifier
 * @param variant name of this choice
 * @param hyperparameters the whole point of the search space
 * @param recipe how to train
 * @param pluginSha256 digest of the jar that it was resolved with, 64 lower-case hexadecimal digits; null if
 *     it may come from any
 */
public record Contestant(
        String name,
        String variant,
        Map<String, Object> hyperparameters,
        Recipe recipe,
        @Nullable String pluginSha256) {

    /** Checks the names, which become names of folders. */
    public Contestant {
        TrialName.checked("classifier", name);
        TrialName.checked("variant", variant);
    }

    /**
     * Names a classifier of any jar.
     *
     * @param name of the classifier
     * @param variant name of this choice
     * @param hyperparameters the whole point of the search space
     * @param recipe how to train
     */
    public Contestant(String name, String variant, Map<String, Object> hyperparameters, Recipe recipe) {
        this(name, variant, hyperparameters, recipe, null);
    }

    Contestant with(Recipe newRecipe) {
        return new Contestant(name, variant, hyperparameters, newRecipe, pluginSha256);
    }

    Contestant pinned(String sha256) {
        return new Contestant(name, variant, hyperparameters, recipe, sha256);
    }
}
