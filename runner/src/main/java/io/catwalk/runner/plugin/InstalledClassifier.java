package io.catwalk.runner.plugin;

import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Recipe;
import io.catwalk.api.SearchSpace;
import io.catwalk.api.Tags;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Describes a classifier of the plugins folder: all that is to be known of it before a network is built. No
 * code of its plugin runs in this process until {@link #load}.
 *
 * @param name by which users ask for it
 * @param pluginId Plugin-Id of the jar's manifest
 * @param version Plugin-Version
 * @param provider Plugin-Provider
 * @param description Plugin-Description
 * @param jar the file
 * @param jarSha256 of the file, 64 lower-case hexadecimal digits
 * @param tags where the architecture belongs
 * @param searchSpace what may be chosen about the network
 * @param unsupported why it cannot solve the task of the catalog; null if it can, or the catalog has none
 * @param recipes knows how to train it for the task of the catalog; null if there is none
 */
public record InstalledClassifier(
        String name,
        String pluginId,
        String version,
        String provider,
        String description,
        Path jar,
        String jarSha256,
        Tags tags,
        SearchSpace searchSpace,
        @Nullable String unsupported,
        @Nullable Recipes recipes) {

    /** Knows how to train a network for one task, at each point of its search space. */
    public interface Recipes {

        /**
         * Tells the recipes of some points at once, which may be much faster than one by one.
         *
         * @param points of the search space
         * @return a recipe at full length for each
         * @throws PluginException if the plugin throws, returns null or gives no answer, at any of them
         */
        Map<Hyperparameters, Recipe> at(List<Hyperparameters> points);
    }

    /**
     * Tells how to train the network for the task of the catalog.
     *
     * @param chosen one point of the search space
     * @return the recipe at full length
     * @throws PluginException if the plugin throws, returns null or gives no answer
     */
    public Recipe recipe(Hyperparameters chosen) {
        return Objects.requireNonNull(recipes(List.of(chosen)).get(chosen));
    }

    /**
     * Tells the recipes of some points at once, which may be much faster than one by one.
     *
     * @param points of the search space
     * @return a recipe at full length for each
     * @throws PluginException if the plugin throws, returns null or gives no answer, at any of them
     */
    public Map<Hyperparameters, Recipe> recipes(List<Hyperparameters> points) {
        if (recipes == null) {
            throw new IllegalStateException("a recipe is for a task: ask PluginCatalog.on(task)");
        }
        return recipes.at(points);
    }

    /**
     * Loads the jar, so that networks can be built in this process.
     *
     * @return the plugin, to be closed
     * @throws io.catwalk.runner.RequestException if the jar has changed meanwhile, or cannot be loaded
     */
    public LoadedPlugin load() {
        return LoadedPlugin.open(jar, jarSha256);
    }
}
