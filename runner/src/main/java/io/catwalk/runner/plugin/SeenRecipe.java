package io.catwalk.runner.plugin;

import io.catwalk.api.Recipe;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
