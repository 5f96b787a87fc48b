package io.catwalk.runner.experiment;

import io.catwalk.api.Augmentation;
import io.catwalk.api.Recipe;
import io.catwalk.api.Task;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says which augmentations do not change the class of the images of a data set. This is a property of the images, not
 * of the architecture: a mirrored shirt is a shirt, a mirrored 3 is no digit. Those that a user lists are applied, also
 * if a recipe does not have them.
 *
 * @param types that may stay in a recipe, by the names that they have in {@code experiment.yaml}
 * @param listed that a recipe must have, by the same names, with the strength that the user wrote; none if it may be any
 */
public record LabelPreservingAugmentations(Set<String> types, Map<String, OptionalDouble> listed) {

    /** The only augmentation that is not assumed to be harmless. */
    private static final String MIRRORING = "horizontal-flip";

    private static final String OWN = "own";
    private static final List<String> MIXTURES = List.of("mixup", "cutmix");

    /** The augmentations in the strengths that they have where a user lists one that the recipe lacks. */
    public static final List<Augmentation> STANDARD = List.of(
            Augmentation.horizontalFlip(),
            Augmentation.shift(0.1),
            Augmentation.rotate(15),
            Augmentation.crop(0.5),
            Augmentation.light(0.4, 0.4),
            Augmentation.erase(0.25, 0.2),
            Augmentation.own(),
            Augmentation.mixup(0.4),
            Augmentation.cutMix(1));

    private static final List<String> TYPES =
            STANDARD.stream().map(LabelPreservingAugmentations::type).toList();

    private static final LabelPreservingAugmentations ALL =
            new LabelPreservingAugmentations(Set.copyOf(TYPES), Map.of());

    private static final LabelPreservingAugmentations UNMIRRORED = new LabelPreservingAugmentations(
            TYPES.stream().filter(type -> !type.equals(MIRRORING)).collect(Collectors.toSet()), Map.of());

    /** Copies both; what is listed keeps its order. */
    public LabelPreservingAugmentations {
        types = Set.copyOf(types);
        listed = Collections.unmodifiableMap(new LinkedHashMap<>(listed));
    }

    /** Returns all if mirrored images are known to be of the same class; otherwise all except mirroring. */
    public static LabelPreservingAugmentations of(Task task) {
        return task.mirrored() ? ALL : UNMIRRORED;
    }

    /**
     * Parses what a user wrote.
     *
     * @throws RequestException if there is no such type or strength, or two exclude each other
     */
    public static LabelPreservingAugmentations parse(String said) {
        if (said.equals("all")) {
            return ALL;
        }
        if (said.equals("none")) {
            return new LabelPreservingAugmentations(Set.of(), Map.of());
        }
        Map<String, OptionalDouble> listed = new LinkedHashMap<>();
        for (String one : said.split(",", -1)) {
            int equals = one.indexOf('=');
            String type = equals < 0 ? one : one.substring(0, equals);
            if (!TYPES.contains(type)) {
                throw new RequestException("--augment must be all, none, or some of " + String.join(",", TYPES)
                        + ", but has '" + type + "'" + Reasons.didYouMean(type, TYPES));
            }
            OptionalDouble strength = equals < 0 ? OptionalDouble.empty() : strength(type, one.substring(equals + 1));
            if (listed.put(type, strength) != null) {
                throw new RequestException("--augment has " + type + " twice: leave one out");
            }
        }
        if (listed.keySet().containsAll(MIXTURES)) {
            throw new RequestException(
                    "--augment has mixup and cutmix, but an image can be mixed only once: leave one out");
        }
        return new LabelPreservingAugmentations(listed.keySet(), listed);
    }

    private static OptionalDouble strength(String type, String said) {
        try {
            OptionalDouble strength = OptionalDouble.of(Double.parseDouble(said));
            Augmentation unused = of(type, strength);
            return strength;
        } catch (NumberFormatException e) {
            throw new RequestException(
                    "--augment: the strength of " + type + " must be a number, but is '" + said + "'", e);
        } catch (IllegalArgumentException e) {
            throw new RequestException("--augment " + type + "=" + said + ": " + e.getMessage(), e);
        }
    }

    /** Returns an augmentation in a strength, or in the standard one. */
    private static Augmentation of(String type, OptionalDouble strength) {
        if (strength.isEmpty()) {
            return STANDARD.get(TYPES.indexOf(type));
        }
        double value = strength.getAsDouble();
        return switch (type) {
            case "shift" -> Augmentation.shift(value);
            case "rotate" -> Augmentation.rotate(value);
            case "crop" -> Augmentation.crop(value);
            case "light" -> Augmentation.light(value, value);
            case "erase" -> Augmentation.erase(value, 0.2);
            case "mixup" -> Augmentation.mixup(value);
            case "cutmix" -> Augmentation.cutMix(value);
            default -> throw new IllegalArgumentException("it has no strength: leave =" + value + " out");
        };
    }

    /**
     * Returns what makes views of the images of a task, without what mixes images or is a plugin's. Few views have to be
     * closer to the image than those of a network from scratch, which sees another in each epoch.
     *
     * @param said what a user wrote of augmentations; null for nothing
     */
    static List<Augmentation> ofViews(Task task, @Nullable String said) {
        Recipe standard = task.photos()
                ? Recipe.standard()
                        .withAugmentations(
                                Augmentation.horizontalFlip(), Augmentation.crop(0.8), Augmentation.light(0.1, 0.1))
                : Recipe.standard().withAugmentations(Augmentation.horizontalFlip(), Augmentation.shift(0.1));
        return (said == null ? of(task) : parse(said))
                .appliedTo(standard).augmentations().stream()
                        .filter(one -> !type(one).equals(OWN) && !MIXTURES.contains(type(one)))
                        .toList();
    }

    /** Tells whether mirroring is harmless. */
    public boolean mirrors() {
        return types.contains(MIRRORING);
    }

    /**
     * Changes the augmentations of a recipe: those that may change the class of an image are removed, and those that
     * are listed and missing are added.
     *
     * @return the recipe with its own augmentations in their order, in their strengths unless another is listed, and
     *     then the added ones in the order of the list
     * @throws RequestException if the classifier's own augmentation is listed, and the recipe does not have it
     */
    Recipe appliedTo(Recipe recipe) {
        List<Augmentation> applied = new ArrayList<>();
        Set<String> missing = new LinkedHashSet<>(listed.keySet());
        for (Augmentation one : recipe.augmentations()) {
            String type = type(one);
            if (types.contains(type)) {
                OptionalDouble strength = listed.getOrDefault(type, OptionalDouble.empty());
                applied.add(strength.isEmpty() ? one : of(type, strength));
                missing.remove(type);
            }
        }
        if (missing.contains(OWN)) {
            throw new RequestException(
                    "--augment has own, but the recipe has no augmentation of the plugin's own: leave it out");
        }
        for (String type : missing) {
            applied.add(of(type, listed.getOrDefault(type, OptionalDouble.empty())));
        }
        return recipe.withAugmentations(applied.toArray(Augmentation[]::new));
    }

    private static String type(Augmentation augmentation) {
        return TreeReader.MAPPER.valueToTree(augmentation).path("type").asString();
    }
}
