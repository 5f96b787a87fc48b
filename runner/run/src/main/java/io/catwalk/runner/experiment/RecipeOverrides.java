package io.catwalk.runner.experiment;

import io.catwalk.api.Augmentation;
import io.catwalk.api.Recipe;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Changes parts of a recipe, by the names that its settings have in {@code experiment.yaml}. */
final class RecipeOverrides {

    /** The name of the choice among {@link #AUGMENTATION_SETS}, for {@link #with}. */
    static final String AUGMENTATION = "augmentation";

    /** The sets of augmentations that have a name; each has one more augmentation than the one before. */
    static final List<String> AUGMENTATION_SETS = List.of("none", "flip", "flip+shift", "flip+shift+erase");

    private static final List<Augmentation> AUGMENTATIONS =
            List.of(Augmentation.horizontalFlip(), Augmentation.shift(0.04), Augmentation.erase(0.25, 0.2));

    private static final String TYPE = "type";

    private RecipeOverrides() {}

    /**
     * Changes the named settings and keeps the rest. An optimizer or a schedule is changed in part, unless its type
     * changes: then it is replaced as a whole. A list is replaced.
     *
     * @throws RequestException if a key is unknown, or a value of another type or outside its range; messages begin
     *     with the source, and positions in them with the path of the overrides
     */
    static Recipe recipe(Recipe base, ObjectNode overrides, String source, String path) {
        ObjectNode tree = TreeReader.MAPPER.valueToTree(base);
        return TreeReader.readWhole(merged(tree, overrides), Recipe.class, source + ": ", path);
    }

    /** Merges two trees as {@link #recipe} does. */
    static ObjectNode merged(ObjectNode base, ObjectNode overrides) {
        ObjectNode merged = base.deepCopy();
        for (Map.Entry<String, JsonNode> override : overrides.properties()) {
            boolean inPart = merged.path(override.getKey()) instanceof ObjectNode before
                    && override.getValue() instanceof ObjectNode after
                    && (!after.has(TYPE) || after.path(TYPE).equals(before.path(TYPE)));
            merged.set(
                    override.getKey(),
                    inPart
                            ? merged((ObjectNode) merged.path(override.getKey()), (ObjectNode) override.getValue())
                            : override.getValue());
        }
        return merged;
    }

    /**
     * Changes one number, or the augmentations.
     *
     * @param name of a number, such as {@code epochs}, {@code optimizer.learning_rate} or just {@code learning_rate};
     *     or {@link #AUGMENTATION}
     * @param value a number, or a number as text; or one of {@link #AUGMENTATION_SETS}
     * @throws RequestException if the recipe has no such number, or the value is outside its range
     */
    static Recipe with(Recipe base, String name, Object value) {
        if (name.equals(AUGMENTATION)) {
            return base.withAugmentations(augmentations(String.valueOf(value)));
        }
        ObjectNode tree = TreeReader.MAPPER.valueToTree(base);
        String path = path(tree, name);
        ObjectNode holder =
                path.equals(leaf(path)) ? tree : (ObjectNode) tree.path(path.substring(0, path.indexOf('.')));
        holder.set(leaf(path), node(value));
        return TreeReader.readWhole(tree, Recipe.class, "recipe: ", "");
    }

    /** Finds a number, which the recipe must have. */
    static Number number(Recipe recipe, String name) {
        ObjectNode tree = TreeReader.MAPPER.valueToTree(recipe);
        return tree.at("/" + path(tree, name).replace('.', '/')).numberValue();
    }

    /** Says whether a name can be used. */
    static boolean has(Recipe recipe, String name) {
        return name.equals(AUGMENTATION)
                || meant(numbers(TreeReader.MAPPER.valueToTree(recipe), ""), name)
                                .size()
                        == 1;
    }

    private static List<String> meant(List<String> numbers, String name) {
        return numbers.stream()
                .filter(number -> number.equals(name) || number.endsWith("." + name))
                .toList();
    }

    /** Returns the path of the only number with this name. */
    private static String path(ObjectNode tree, String name) {
        List<String> numbers = numbers(tree, "");
        List<String> meant = meant(numbers, name);
        if (meant.size() != 1) {
            List<String> known = new ArrayList<>(meant.isEmpty() ? numbers : meant);
            known.add(AUGMENTATION);
            List<String> leaves = known.stream().map(RecipeOverrides::leaf).toList();
            throw new RequestException("expected the name of one number of the recipe, but found '" + name + "'"
                    + Reasons.didYouMean(name, leaves) + " (known: " + String.join(", ", known) + ")");
        }
        return meant.get(0);
    }

    private static Augmentation[] augmentations(String name) {
        int length = AUGMENTATION_SETS.indexOf(name);
        if (length < 0) {
            throw new RequestException("recipe: " + AUGMENTATION + " must be one of "
                    + String.join(", ", AUGMENTATION_SETS) + ", but is '" + name + "'");
        }
        return AUGMENTATIONS.subList(0, length).toArray(Augmentation[]::new);
    }

    /** Lists the paths of all numbers, separated by dots. */
    private static List<String> numbers(ObjectNode tree, String prefix) {
        List<String> numbers = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : tree.properties()) {
            if (entry.getValue() instanceof ObjectNode inner) {
                numbers.addAll(numbers(inner, prefix + entry.getKey() + "."));
            } else if (entry.getValue().isNumber()) {
                numbers.add(prefix + entry.getKey());
            }
        }
        return numbers;
    }

    private static String leaf(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    private static JsonNode node(Object value) {
        if (value instanceof String text) {
            try {
                return TreeReader.MAPPER.readTree(text);
            } catch (JacksonException e) {
                return TreeReader.MAPPER.getNodeFactory().stringNode(text);
            }
        }
        return TreeReader.node(value);
    }
}
