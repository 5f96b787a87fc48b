package io.catwalk.runner.experiment;

import io.catwalk.api.Recipe;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.training.InitialWeights;
import io.catwalk.runner.trial.TrialSpec;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Names one classifier of an experiment with everything that was chosen for it.
 *
 * @param variant name of this choice of hyperparameters, a complete point of the search space, and recipe
 * @param init weights to start from; null for random ones
 * @param pluginSha256 digest of the jar that it was resolved with, 64 lower-case hexadecimal digits; null if
 *     it may come from any jar
 */
public record ClassifierConfig(
        String name,
        String variant,
        Map<String, Object> hyperparameters,
        Recipe recipe,
        @Nullable InitialWeights init,
        @Nullable String pluginSha256) {

    /** Checks the names, which become names of folders. */
    public ClassifierConfig {
        TrialSpec.checkedName("classifier", name);
        TrialSpec.checkedName("variant", variant);
    }

    /**
     * Returns the value of a hyperparameter, or of a number of the recipe such as {@code learning_rate}.
     *
     * @throws RequestException if there is none
     */
    public Object value(String key) {
        Object chosen = hyperparameters.get(key);
        return chosen != null ? chosen : RecipeOverrides.number(recipe, key);
    }

    /** Renames the choice. */
    public ClassifierConfig withVariant(String newVariant) {
        return new ClassifierConfig(name, newVariant, hyperparameters, recipe, init, pluginSha256);
    }

    /** Replaces the recipe. */
    ClassifierConfig with(Recipe newRecipe) {
        return new ClassifierConfig(name, variant, hyperparameters, newRecipe, init, pluginSha256);
    }

    ClassifierConfig pinned(String sha256) {
        return new ClassifierConfig(name, variant, hyperparameters, recipe, init, sha256);
    }
}
