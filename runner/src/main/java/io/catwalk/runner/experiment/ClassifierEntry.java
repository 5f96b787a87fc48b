package io.catwalk.runner.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.trial.TrialSpec;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Asks for one classifier, as {@code classifiers} of an experiment file does: for what it says of it, and
 * for what the plugin comes with where it says nothing.
 *
 * @param name of the classifier
 * @param variant name of this choice; {@link TrialSpec#DEFAULT_VARIANT} if there is none
 * @param hyperparameters name to value, for those that are not at their defaults
 * @param recipe keys and values that differ from the plugin's recipe, as {@link RecipeOverrides} takes them
 * @param init weights to start from; null for random ones
 * @param pluginSha256 digest of the jar that it must come from; null if it may come from any
 */
public record ClassifierEntry(
        @JsonProperty(required = true) @JsonSetter(nulls = Nulls.FAIL)
        String name,

        String variant,
        Map<String, Object> hyperparameters,
        ObjectNode recipe,
        @Nullable InitialEntry init,
        @Nullable String pluginSha256) {

    /** What is fit for a folder's name on every system, and for a label such as {@code gru@wide}. */
    private static final Pattern VARIANT = Pattern.compile("[A-Za-z0-9]+([._+-][A-Za-z0-9]+)*");

    private static final int LONGEST = 64;

    /** Fills in what is missing, and checks the name of the variant. */
    public ClassifierEntry {
        variant = Objects.requireNonNullElse(variant, TrialSpec.DEFAULT_VARIANT);
        if (variant.length() > LONGEST || !VARIANT.matcher(variant).matches()) {
            throw new RequestException("variant must be at most " + LONGEST
                    + " letters (a to z), digits and single ., _, + and - between them, to name a folder, but is '"
                    + variant + "'; try wide-2");
        }
        hyperparameters =
                hyperparameters == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(hyperparameters));
        recipe = Objects.requireNonNullElseGet(recipe, JsonNodeFactory.instance::objectNode);
    }

    /**
     * Asks for a classifier as the plugin comes with it.
     *
     * @param name of the classifier
     * @return its defaults
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static ClassifierEntry of(String name) {
        return new ClassifierEntry(
                name, TrialSpec.DEFAULT_VARIANT, Map.of(), JsonNodeFactory.instance.objectNode(), null, null);
    }

    /** Names the classifier and, unless it is the default one, the variant. */
    String label() {
        return variant.equals(TrialSpec.DEFAULT_VARIANT) ? name : name + "@" + variant;
    }
}
