package io.catwalk.runner.plugin;

import io.catwalk.api.Recipe;
import io.catwalk.api.SearchSpace;
import io.catwalk.api.Tags;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a classifier returned when its jar was inspected.
 *
 * @param name used by users
 * @param tags categories of the architecture
 * @param searchSpace its hyperparameters and their values
 * @param unsupported why it does not support the task; null if it does, or if there was no task
 * @param recipes for the task, at every point of a small search space, or at the defaults of a large one; empty without
 *     a task, or if it is not supported
 */
record SeenClassifier(
        String name,
        Tags tags,
        SearchSpace searchSpace,
        @Nullable String unsupported,
        List<SeenRecipe> recipes) {

    /** Copies the recipes, and checks that nothing is missing, as in a damaged file. */
    SeenClassifier {
        if (!LoadedPlugin.isName(name)) {
            throw new IllegalArgumentException("expected the name of a classifier, but found " + name);
        }
        Objects.requireNonNull(tags);
        Objects.requireNonNull(searchSpace);
        recipes = List.copyOf(recipes);
    }

    /**
     * Holds what a classifier returned when it was asked for its recipe.
     *
     * @param point values of the hyperparameters
     * @param recipe the answer, or null if there was none
     * @param failure what happened instead, such as {@code recipe(...) returned null}, or null
     */
    record SeenRecipe(
            Map<String, Object> point,
            @Nullable Recipe recipe,
            @Nullable String failure) {

        /** Copies the point, in its order. */
        SeenRecipe {
            point = new LinkedHashMap<>(point);
            if ((recipe == null) == (failure == null)) {
                throw new IllegalArgumentException("expected a recipe or a failure");
            }
        }
    }
}
