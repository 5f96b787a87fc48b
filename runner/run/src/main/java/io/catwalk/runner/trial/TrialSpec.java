package io.catwalk.runner.trial;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.catwalk.api.Recipe;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.given.BackboneSpec;
import io.catwalk.runner.given.GivenModel;
import io.catwalk.runner.training.ComputeDevice;
import io.catwalk.runner.training.WarmStart.InitialWeights;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Specifies one trial completely: with the same plugin, data, threads and machine it gives the same
 * weights. A trial of a given model trains nothing: it evaluates what was trained elsewhere.
 *
 * @param variant name of this choice of hyperparameters, a complete point of the search space, and recipe
 * @param training how it is trained; null for a given model
 * @param seed of everything random in the trial
 * @param fold number of the fold, from 1; 0 for a hold-out
 * @param threads of the engine; they determine the order of sums, and so belong to the result
 * @param init weights to start from; null for random ones
 * @param given what was trained elsewhere; null for a classifier of a plugin
 * @param backbone whose features it is trained on; null for images
 * @param imageSize of the images, as {@link DatasetSpec} has it; null for that of the run
 */
public record TrialSpec(
        String classifier,
        String variant,
        Map<String, Object> hyperparameters,
        @JsonProperty("recipe") @Nullable Recipe training,
        long seed,
        int fold,
        int threads,
        ComputeDevice device,
        @Nullable InitialWeights init,
        Purpose purpose,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable GivenModel given,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable BackboneSpec backbone,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String imageSize) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]+([._+-][A-Za-z0-9]+)*");
    private static final int LONGEST = 96;

    /** What a network is trained for. */
    public enum Purpose {
        /** It is meant for use: it is exported, cross-checked and measured. */
        SHIP,
        /** It is one of many that score an architecture or a recipe: it is only evaluated. */
        SCORE
    }

    /** The most threads of a trial that can be asked for: with a thousand, two cores gave no answer in 40 seconds. */
    public static final int MOST_THREADS = 256;

    /** Checks the names, and fills in defaults for orders from before there were several devices and purposes. */
    public TrialSpec {
        checkedName("classifier", classifier);
        checkedName("variant", variant);
        device = Objects.requireNonNullElse(device, ComputeDevice.CPU);
        purpose = Objects.requireNonNullElse(purpose, Purpose.SHIP);
        if (backbone != null && init != null) {
            throw new RequestException(
                    "init must be left out where there is a backbone, but " + classifier + " has both");
        }
        if ((training == null) == (given == null)) {
            throw new RequestException("expected a recipe or a given model, but " + classifier + " has "
                    + (given == null ? "none" : "both"));
        }
    }

    /** Returns the network of others whose preparation images need; null for one that is only trained here. */
    public @Nullable GivenModel prepared() {
        return backbone == null ? given : backbone.network();
    }

    /** Returns the size of the images that it takes, which others of its run need not take; null for that of the run. */
    public @Nullable String size() {
        GivenModel prepared = prepared();
        return prepared == null ? imageSize : prepared.imageSize();
    }

    /**
     * Returns how it is trained.
     *
     * @throws NullPointerException for a given model
     */
    public Recipe recipe() {
        return Objects.requireNonNull(training, classifier);
    }

    /** Tells whether it is a training, and not the evaluation of a given model. */
    public boolean trains() {
        return given == null;
    }

    /** Returns the number of epochs; 0 for a given model. */
    public int epochs() {
        return training == null ? 0 : training.epochs();
    }

    /** The variant with the hyperparameters and the recipe that a plugin comes with. */
    public static final String DEFAULT_VARIANT = "default";

    /** Returns the name of the trial for display, such as {@code lstm seed 1}. */
    public String title() {
        return given != null ? label() : label() + " seed " + seed + (fold > 0 ? " fold " + fold : "");
    }

    /** Returns the name of the classifier and, unless it is the default one, of the variant: {@code lstm@wide}. */
    public String label() {
        return variant.equals(DEFAULT_VARIANT) ? classifier : classifier + "@" + variant;
    }

    /** Identifies the trial within its experiment by label, seed and fold, such as {@code lstm@wide/1-0}. */
    public String id() {
        return label() + "/" + seed + "-" + fold;
    }

    /** Returns where the trial keeps its files, relative to the run folder. */
    public String folder() {
        return "trials/" + id();
    }

    /** Shortens the path of the initial weights. */
    TrialSpec withoutFolders() {
        return new TrialSpec(
                classifier,
                variant,
                hyperparameters,
                training,
                seed,
                fold,
                threads,
                device,
                init == null
                        ? null
                        : new InitialWeights(Reasons.withoutFolders(init.file()), init.sha256(), init.rate()),
                purpose,
                given == null ? null : given.at(Reasons.withoutFolders(given.file())),
                backbone == null
                        ? null
                        : backbone.at(Reasons.withoutFolders(backbone.network().file())),
                imageSize);
    }

    /**
     * Checks the name of a classifier or variant, which becomes that of a folder, wherever it comes from: an experiment
     * file, a plugin, or the files of somebody else's run.
     *
     * @return the same
     * @throws RequestException if it is not valid as a folder name on every system
     */
    public static String checkedName(String what, @Nullable String name) {
        return checkedName(what, name, LONGEST);
    }

    /** Checks a name that may have no more letters than these. */
    public static String checkedName(String what, @Nullable String name, int longest) {
        if (name == null || name.length() > longest || !NAME.matcher(name).matches()) {
            throw new RequestException(what + " must be at most " + longest
                    + " letters (a to z), digits and single ., _, + and - between them, to name a folder, but is "
                    + (name == null ? "missing" : Reasons.quoted(name)) + "; try wide-2");
        }
        return name;
    }
}
