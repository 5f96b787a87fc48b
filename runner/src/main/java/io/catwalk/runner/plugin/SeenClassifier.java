package io.catwalk.runner.plugin;

import io.catwalk.api.SearchSpace;
import io.catwalk.api.Tags;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a classifier said of itself when its jar was looked at.
 *
 * @param name by which users ask for it
 * @param tags where it belongs
 * @param searchSpace what may be chosen about it
 * @param unsupported why it cannot solve the task that it was asked about; null if it can, or was asked about none
 * @param recipes for the task, at every point of a small search space, or at the defaults of a large one; empty without a
 *     task that it supports
 */
record SeenClassifier(
        String name,
        Tags tags,
        SearchSpace searchSpace,
        @Nullable String unsupported,
        List<SeenRecipe> recipes) {

    /** Copies the recipes, and makes sure that nothing is missing, as it might be in a damaged file. */
    SeenClassifier {
        if (!LoadedPlugin.isName(name)) {
            throw new IllegalArgumentException("expected the name of a classifier, but found " + name);
        }
        Objects.requireNonNull(tags);
        Objects.requireNonNull(searchSpace);
        recipes = List.copyOf(recipes);
    }
}
