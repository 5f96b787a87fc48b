package io.catwalk.runner.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ResizeRule;
import io.catwalk.runner.data.ResizeRule.Fit;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.given.BackboneSpec;
import io.catwalk.runner.given.BackboneSpec.Pool;
import io.catwalk.runner.given.BackboneSpec.Views;
import io.catwalk.runner.given.GivenModel;
import io.catwalk.runner.given.GivenSource;
import io.catwalk.runner.given.TypedNormalization;
import io.catwalk.runner.training.WarmStart.InitialWeights;
import io.catwalk.runner.training.WeightFile;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.TrialFile;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What file and options say of images and classifiers, as it is written.
 *
 * @param datasets at least one: only {@code dataset} where that is given
 * @param names of the classifiers on the command line
 * @param choice hyperparameters and numbers of the recipe for the only one of them
 * @param classifiers the entries of the file
 * @param fileRecipe keys and values for all of them, which entries override
 * @param recipe keys and values of options for all of them
 * @param init weights for the only one of them
 * @param augment which augmentations all of them have
 * @param given how the given models and backbones are prepared that do not say it themselves
 * @param backbones on whose features each classifier is trained that names none itself
 * @param views how many views of each training image they are asked about that do not say it themselves
 */
record RequestContent(
        @Nullable DatasetSpec dataset,
        List<DatasetSpec> datasets,
        List<String> names,
        Map<String, Object> choice,
        List<Entry> classifiers,
        ObjectNode fileRecipe,
        @Nullable ObjectNode recipe,
        @Nullable InitEntry init,
        @Nullable String augment,
        @Nullable GivenSource given,
        List<BackboneEntry> backbones,
        @Nullable Pool pool,
        @Nullable Views views) {

    RequestContent {
        names = names == null ? List.of() : names;
        choice = choice == null ? Map.of() : choice;
        fileRecipe = Objects.requireNonNullElseGet(fileRecipe, JsonNodeFactory.instance::objectNode);
        backbones = backbones == null ? List.of() : List.copyOf(new LinkedHashSet<>(backbones));
        datasets = datasets != null ? datasets : List.of(Objects.requireNonNull(dataset));
        if (datasets.isEmpty()) {
            throw new RequestException("datasets must have at least one, but has none: leave it out for fashion-mnist");
        }
        if (classifiers != null && classifiers.isEmpty()) {
            throw new RequestException(
                    "classifiers must have at least one, but has none: name one, or leave the key out");
        }
        classifiers = classifiers == null ? List.of() : classifiers;
    }

    /**
     * One classifier as a user asks for it; what it leaves out is taken from its plugin. With {@code file}, a model that
     * was trained elsewhere, which has its name from there unless it is given one.
     */
    record Entry(
            @Nullable String name,
            String variant,
            Map<String, Object> hyperparameters,
            ObjectNode recipe,
            @Nullable InitEntry init,
            @Nullable String pluginSha256,
            @Nullable String file,
            @Nullable TypedNormalization normalize,
            @Nullable String order,
            @Nullable String fit,
            @Nullable String labels,
            @Nullable String output,
            @Nullable String size,
            @Nullable GivenModel given,
            @Nullable BackboneEntry backbone,
            @Nullable String imageSize) {

        private static final int LONGEST = 64;

        Entry {
            if (name == null && file == null) {
                throw new RequestException(
                        "expected the key name, or file for a model that was trained elsewhere, but found neither");
            }
            variant = TrialSpec.checkedName(
                    "variant", Objects.requireNonNullElse(variant, TrialSpec.DEFAULT_VARIANT), LONGEST);
            hyperparameters = hyperparameters == null
                    ? Map.of()
                    : Collections.unmodifiableMap(new LinkedHashMap<>(hyperparameters));
            recipe = Objects.requireNonNullElseGet(recipe, JsonNodeFactory.instance::objectNode);
            boolean stated =
                    Stream.of(normalize, order, fit, labels, output, size).anyMatch(Objects::nonNull);
            if (stated && file == null) {
                throw new RequestException(
                        "normalize, order, fit, labels, output and size must stand beside a file, but there is none");
            }
            if (imageSize != null) {
                ResizeRule unused = ResizeRule.parse(imageSize);
                if (file != null || given != null || backbone != null) {
                    throw new RequestException("image_size must not stand beside a file or a backbone, which has a size"
                            + " of its own: leave it out");
                }
            }
            boolean asked = !variant.equals(TrialSpec.DEFAULT_VARIANT)
                    || !hyperparameters.isEmpty()
                    || !recipe.isEmpty()
                    || init != null
                    || pluginSha256 != null
                    || backbone != null;
            if (asked && (file != null || given != null)) {
                throw new RequestException(
                        "variant, hyperparameters, recipe, init, plugin_sha256 and backbone must not stand beside"
                                + " a file, since it is not trained here");
            }
        }

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static Entry of(String name) {
            return GivenNetworks.isOne(name)
                    ? plain(null, TrialSpec.DEFAULT_VARIANT, Map.of(), name)
                    : plain(name, TrialSpec.DEFAULT_VARIANT, Map.of(), null);
        }

        /** Returns a classifier of a plugin by its {@link #label}, with these hyperparameters. */
        static Entry of(String label, Map<String, Object> hyperparameters) {
            String[] parts = label.split("@", 2);
            return plain(parts[0], parts.length == 1 ? TrialSpec.DEFAULT_VARIANT : parts[1], hyperparameters, null);
        }

        private static Entry plain(
                @Nullable String name, String variant, Map<String, Object> hyperparameters, @Nullable String file) {
            ObjectNode recipe = JsonNodeFactory.instance.objectNode();
            return new Entry(
                    name,
                    variant,
                    hyperparameters,
                    recipe,
                    null,
                    null,
                    file,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null);
        }

        /** Returns the same, trained on the features of a backbone, after which the variant is named. */
        Entry on(BackboneEntry newBackbone, String title) {
            String plain = variant.equals(TrialSpec.DEFAULT_VARIANT) ? "" : variant + "-";
            return new Entry(
                    name,
                    plain + title,
                    hyperparameters,
                    recipe,
                    init,
                    pluginSha256,
                    file,
                    normalize,
                    order,
                    fit,
                    labels,
                    output,
                    size,
                    given,
                    newBackbone,
                    imageSize);
        }

        boolean trains() {
            return file == null && given == null;
        }

        /** Returns its name, or its file if it has none. */
        String title() {
            return name != null ? name : String.valueOf(file);
        }

        String label() {
            return variant.equals(TrialSpec.DEFAULT_VARIANT) ? title() : title() + "@" + variant;
        }

        GivenSource source() {
            return new GivenSource(Objects.requireNonNull(file), normalize, order, fit, labels, output, size);
        }
    }

    /**
     * A backbone as a user asks for it, by {@code file}; or as a run writes it, with {@code network} instead.
     *
     * @param output name of a tensor in it; null for the input of its last linear layer
     */
    record BackboneEntry(
            @Nullable String file,
            @Nullable String output,
            @Nullable TypedNormalization normalize,
            @Nullable String order,
            @Nullable String fit,
            @Nullable String size,
            @Nullable Pool pool,
            @Nullable Views views,
            @Nullable GivenModel network,
            @Nullable List<Integer> shape,
            @Nullable Long parameters) {

        BackboneEntry {
            if (file == null && (network == null || shape == null || parameters == null)) {
                throw new RequestException("expected the key file, but found none: name an ONNX file");
            }
        }

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static BackboneEntry of(String typed) {
            GivenSource source = GivenSource.ofBackbone(typed);
            return new BackboneEntry(
                    source.file(), source.output(), null, null, null, null, null, null, null, null, null);
        }

        /** Names each by its file, and by its tensor if others are of the same file; no two have the same name. */
        static List<String> titles(List<BackboneEntry> all) {
            Set<String> taken = new HashSet<>();
            List<String> titles = new ArrayList<>();
            for (BackboneEntry one : all) {
                boolean alone = all.stream()
                                .filter(other -> Objects.equals(other.file, one.file))
                                .count()
                        == 1;
                String own = GivenNetworks.baseName(Path.of(String.valueOf(one.file)));
                String tensor = alone || one.output == null
                        ? ""
                        : "-" + GivenNetworks.baseName(Path.of(one.output.replaceAll("[^A-Za-z0-9]+", "-")));
                titles.add(GivenNetworks.free(own + tensor, taken));
            }
            return titles;
        }

        BackboneSpec resolved(
                @Nullable GivenSource others, @Nullable Pool otherPool, ImageDataset images, @Nullable Fit otherFit) {
            if (network != null) {
                return new BackboneSpec(
                        network,
                        pool == null ? Pool.MEAN : pool,
                        Objects.requireNonNull(shape),
                        Objects.requireNonNull(parameters),
                        views);
            }
            GivenSource own = new GivenSource(Objects.requireNonNull(file), normalize, order, fit, null, output, size);
            GivenSource source = others == null
                    ? own
                    : own.orUnsaid(
                            new GivenSource(file, others.normalize(), others.order(), null, null, null, null),
                            List.of());
            Pool chosen = pool != null ? pool : otherPool != null ? otherPool : Pool.MEAN;
            return BackboneSpec.of(source, chosen, images, otherFit);
        }
    }

    /**
     * Weights to start from.
     *
     * @param sha256 null to accept any
     * @param rate factor of the learning rate for the parameters from there; null for no change
     */
    record InitEntry(
            @JsonProperty(required = true) @JsonSetter(nulls = Nulls.FAIL)
            String file,

            @Nullable String sha256,
            @Nullable Double rate) {

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static InitEntry of(String file) {
            return new InitEntry(file, null, null);
        }

        InitialWeights found() {
            Path weights = Path.of(file);
            try {
                if (Files.isDirectory(weights)) {
                    weights = RunFolder.onlyTrained(weights).file(TrialFile.WEIGHTS);
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
