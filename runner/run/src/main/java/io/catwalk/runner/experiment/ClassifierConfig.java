package io.catwalk.runner.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.catwalk.api.Recipe;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.given.BackboneSpec;
import io.catwalk.runner.given.GivenModel;
import io.catwalk.runner.training.WarmStart.InitialWeights;
import io.catwalk.runner.trial.TrialSpec;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Names one classifier of an experiment with everything that was chosen for it, as a {@link TrialSpec} has it.
 *
 * @param pluginSha256 digest of the jar that it was resolved with, 64 lower-case hexadecimal digits; null if
 *     it may come from any jar
 * @param imageSize of the images that it is trained on; null for that of the data set
 */
public record ClassifierConfig(
        String name,
        String variant,
        Map<String, Object> hyperparameters,
        @JsonProperty("recipe") @Nullable Recipe training,
        @Nullable InitialWeights init,
        @Nullable String pluginSha256,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable GivenModel given,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable BackboneSpec backbone,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String imageSize) {

    /** Checks the names, which become names of folders. */
    public ClassifierConfig {
        TrialSpec.checkedName("classifier", name);
        TrialSpec.checkedName("variant", variant);
    }

    /** Names what was trained elsewhere. */
    static ClassifierConfig of(String name, GivenModel given) {
        return new ClassifierConfig(name, TrialSpec.DEFAULT_VARIANT, Map.of(), null, null, null, given, null, null);
    }

    /**
     * Returns how it is trained.
     *
     * @throws NullPointerException for a given model
     */
    public Recipe recipe() {
        return Objects.requireNonNull(training, name);
    }

    public boolean trains() {
        return given == null;
    }

    /**
     * Returns the value of a hyperparameter, or of a number of the recipe such as {@code learning_rate}.
     *
     * @throws RequestException if there is none
     */
    public Object value(String key) {
        Object chosen = hyperparameters.get(key);
        return chosen != null ? chosen : RecipeOverrides.number(recipe(), key);
    }

    public ClassifierConfig withVariant(String newVariant) {
        return new ClassifierConfig(
                name, newVariant, hyperparameters, training, init, pluginSha256, given, backbone, imageSize);
    }

    ClassifierConfig with(Recipe newRecipe) {
        return new ClassifierConfig(
                name, variant, hyperparameters, newRecipe, init, pluginSha256, given, backbone, imageSize);
    }

    ClassifierConfig pinned(String sha256) {
        return new ClassifierConfig(name, variant, hyperparameters, training, init, sha256, given, backbone, imageSize);
    }
}
