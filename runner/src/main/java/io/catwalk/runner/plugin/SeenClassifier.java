package io.catwalk.runner.plugin;

import io.catwalk.api.SearchSpace;
import io.catwalk.api.Tags;
import java.util.List;
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
}
