package io.catwalk.runner.plugin;

import io.catwalk.api.SearchSpace;
import java.util.List;
import java.util.Objects;

/**
 * Holds what a classifier said of itself when its jar was looked at.
 *
 * @param name by which users ask for it
 * @param searchSpace what may be chosen about it
 * @param recipes at every point of a small search space, or at the defaults of a large one
 */
record SeenClassifier(String name, SearchSpace searchSpace, List<SeenRecipe> recipes) {

    /** Copies the recipes, and makes sure that nothing is missing, as it might be in a damaged file. */
    SeenClassifier {
        if (!LoadedPlugin.isName(name)) {
            throw new IllegalArgumentException("expected the name of a classifier, but found " + name);
        }
        Objects.requireNonNull(searchSpace);
        recipes = List.copyOf(recipes);
    }
}
