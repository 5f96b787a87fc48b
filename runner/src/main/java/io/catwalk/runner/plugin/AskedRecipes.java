package io.catwalk.runner.plugin;

import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Recipe;
import io.catwalk.api.Task;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Holds the recipes for a task that a classifier has returned, and asks it for others when they are needed. */
final class AskedRecipes implements InstalledClassifier.Recipes {

    /** With so few points, an answer is far shorter than the longest that is accepted, and soon given. */
    private static final int MOST_AT_ONCE = 500;

    private final PluginJar jar;
    private final String classifier;
    private final Task task;
    private final Inspection inspection;
    private final Map<Hyperparameters, SeenRecipe> told = new HashMap<>();

    AskedRecipes(PluginJar jar, SeenClassifier seen, Task task, Inspection inspection) {
        this.jar = jar;
        classifier = seen.name();
        this.task = task;
        this.inspection = inspection;
        remember(seen.recipes());
    }

    @Override
    public Map<Hyperparameters, Recipe> at(List<Hyperparameters> points) {
        List<Hyperparameters> untold = points.stream()
                .filter(point -> !told.containsKey(point))
                .distinct()
                .toList();
        for (int from = 0; from < untold.size(); from += MOST_AT_ONCE) {
            List<Hyperparameters> some = untold.subList(from, Math.min(from + MOST_AT_ONCE, untold.size()));
            remember(inspection.recipes(jar, classifier, task, some));
        }
        Map<Hyperparameters, Recipe> recipes = new LinkedHashMap<>();
        for (Hyperparameters point : points) {
            SeenRecipe one = Objects.requireNonNull(told.get(point));
            if (one.recipe() == null) {
                throw new PluginException(
                        "classifier '" + classifier + "' of " + jar.path().getFileName() + ": " + one.failure());
            }
            recipes.put(point, one.recipe());
        }
        return recipes;
    }

    private void remember(List<SeenRecipe> recipes) {
        recipes.forEach(recipe -> told.put(new Hyperparameters(recipe.point()), recipe));
    }
}
