package io.catwalk.runner.experiment;

import io.catwalk.api.Augmentation;
import io.catwalk.api.Recipe;
import io.catwalk.api.Task;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Suggestion;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Says which augmentations do not change the class of the images of a data set. This is a property of the images, not
 * of the architecture: a mirrored shirt is a shirt, a mirrored 3 is no digit.
 *
 * @param types by the names that they have in {@code experiment.yaml}
 */
public record Harmless(Set<String> types) {

    /** The only augmentation that is not assumed to be harmless. */
    public static final String MIRRORING = "horizontal-flip";

    private static final List<String> TYPES =
            List.of(MIRRORING, "shift", "rotate", "crop", "light", "erase", "own", "mixup", "cutmix");

    private static final Harmless ALL = new Harmless(Set.copyOf(TYPES));

    /** Copies the set. */
    public Harmless {
        types = Set.copyOf(types);
    }

    /**
     * Returns the augmentations that are harmless for the images of a task.
     *
     * @param task the images and classes
     * @return all if mirrored images are known to be of the same class; otherwise all except mirroring
     */
    public static Harmless of(Task task) {
        return task.mirrored() ? ALL : ALL.without(MIRRORING);
    }

    /**
     * Parses what a user wrote.
     *
     * @param said {@code all}, {@code none}, or types separated by commas
     * @return these augmentations
     * @throws RequestException if there is no such type
     */
    public static Harmless parse(String said) {
        if (said.equals("all")) {
            return ALL;
        }
        if (said.equals("none")) {
            return new Harmless(Set.of());
        }
        Set<String> types = new LinkedHashSet<>(Arrays.asList(said.split(",", -1)));
        for (String type : types) {
            if (!TYPES.contains(type)) {
                throw new RequestException("--augment must be all, none, or some of " + String.join(",", TYPES)
                        + ", but has '" + type + "'" + Suggestion.question(type, TYPES));
            }
        }
        return new Harmless(types);
    }

    /**
     * Tells whether mirroring is harmless.
     *
     * @return whether an image that is mirrored left to right is of the same class
     */
    public boolean mirrors() {
        return types.contains(MIRRORING);
    }

    private Harmless without(String type) {
        Set<String> rest = new LinkedHashSet<>(types);
        rest.remove(type);
        return new Harmless(rest);
    }

    /**
     * Removes from a recipe the augmentations that may change the class of an image.
     *
     * @param recipe any
     * @return the recipe with the other augmentations, in their order
     */
    public Recipe keptBy(Recipe recipe) {
        return recipe.withAugmentations(recipe.augmentations().stream()
                .filter(augmentation -> types.contains(type(augmentation)))
                .toArray(Augmentation[]::new));
    }

    private static String type(Augmentation augmentation) {
        return TreeReader.MAPPER.valueToTree(augmentation).path("type").asString();
    }
}
