package io.catwalk.runner.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.training.InitialWeights;
import io.catwalk.runner.training.WeightFile;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Requests one classifier, as {@code classifiers} of an experiment file does; what it leaves out is taken
 * from the defaults of the plugin.
 *
 * @param name of the classifier
 * @param variant name of this choice; {@link TrialSpec#DEFAULT_VARIANT} if there is none
 * @param hyperparameters name to value, for those that differ from their defaults
 * @param recipe keys and values that differ from the plugin's recipe, in the form of {@link RecipeOverrides}
 * @param init weights to start from; null for random ones
 * @param pluginSha256 digest of the jar that it must come from; null for any jar
 */
public record ClassifierEntry(
        @JsonProperty(required = true) @JsonSetter(nulls = Nulls.FAIL)
        String name,

        String variant,
        Map<String, Object> hyperparameters,
        ObjectNode recipe,
        @Nullable InitialEntry init,
        @Nullable String pluginSha256) {

    /** What is valid as a folder name on every system, and in a label such as {@code gru@wide}. */
    private static final Pattern VARIANT = Pattern.compile("[A-Za-z0-9]+([._+-][A-Za-z0-9]+)*");

    private static final int LONGEST = 64;

    /** Fills in defaults, and checks the name of the variant. */
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

    /** Requests a classifier with the defaults of its plugin. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static ClassifierEntry of(String name) {
        return new ClassifierEntry(
                name, TrialSpec.DEFAULT_VARIANT, Map.of(), JsonNodeFactory.instance.objectNode(), null, null);
    }

    /** Returns the name of the classifier and, unless it is the default one, of the variant. */
    String label() {
        return variant.equals(TrialSpec.DEFAULT_VARIANT) ? name : name + "@" + variant;
    }

    /**
     * Names weights to start from, as a user writes them.
     *
     * @param file a weight file, or a folder with one trained network
     * @param sha256 digest of the weights; null to accept any
     * @param rate factor of the learning rate for the parameters from there; null for no change
     */
    public record InitialEntry(
            @JsonProperty(required = true) @JsonSetter(nulls = Nulls.FAIL)
            String file,

            @Nullable String sha256,
            @Nullable Double rate) {

        /** Requests weights that are trained at the full learning rate. */
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        public static InitialEntry of(String file) {
            return new InitialEntry(file, null, null);
        }

        /**
         * Finds the weights.
         *
         * @throws RequestException if they are missing, have another digest, or cannot be used
         */
        public InitialWeights resolved() {
            Path weights = Path.of(file);
            try {
                if (Files.isDirectory(weights)) {
                    weights = RunFolder.onlyTrained(weights).weights();
                }
                if (!Files.isRegularFile(weights)) {
                    throw new RequestException("expected a weight file or a folder with a trained network at " + file
                            + ", but there is none: check the path");
                }
                if (!WeightFile.isOne(weights)) {
                    throw new RequestException("expected " + WeightFile.ENDINGS + ", or a folder with a trained"
                            + " network, but found " + file + ": store the weights in one of these formats");
                }
                String digest = Sha256.of(weights);
                if (sha256 != null && !sha256.equals(digest)) {
                    throw new RequestException("expected weights of sha256 " + Reasons.oneLine(sha256) + ", but " + file
                            + " is " + digest + ": put the old file back, or delete the key to take this one");
                }
                return new InitialWeights(
                        weights.toAbsolutePath().normalize().toString(), digest, rate == null ? 1 : rate);
            } catch (RequestException | IllegalArgumentException e) {
                throw new RequestException("init: " + e.getMessage(), e);
            } catch (IOException e) {
                throw new RequestException("init: cannot read " + weights + ": " + Reasons.of(e), e);
            }
        }
    }
}
