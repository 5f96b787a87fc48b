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
 * Describes a classifier of the plugins folder: everything that is known before a network is built. The plugin's code
 * does not run in this process until {@link #load}.
 *
 * @param name used by users
 * @param pluginId Plugin-Id of the jar's manifest
 * @param version Plugin-Version
 * @param provider Plugin-Provider
 * @param description Plugin-Description
 * @param jar the file
 * @param jarSha256 of the file, 64 lower-case hexadecimal digits
 * @param tags categories of the architecture
 * @param searchSpace hyperparameters of the network and their values
 * @param unsupported why it does not support the task of the catalog; null if it does, or if the catalog has no task
 * @param recipes for the task of the catalog; null if there is no task
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

    /** Returns recipes for one task, at each point of the search space. */
    public interface Recipes {

        /**
         * Returns the recipes of several points at once, which may be much faster than one by one.
         *
         * @throws PluginException if the plugin throws, returns null or gives no answer, at any of them
         */
        Map<Hyperparameters, Recipe> at(List<Hyperparameters> points);
    }

    /** Returns the recipe of the network for the task of the catalog, as {@link #recipes} does. */
    public Recipe recipe(Hyperparameters chosen) {
        return Objects.requireNonNull(recipes(List.of(chosen)).get(chosen));
    }

    /** Returns what {@link Recipes#at} does. */
    public Map<Hyperparameters, Recipe> recipes(List<Hyperparameters> points) {
        if (recipes == null) {
            throw new IllegalStateException("a recipe is for a task: ask PluginCatalog.on(task)");
        }
        return recipes.at(points);
    }

    /** Loads the jar as {@link LoadedPlugin#open}, so that networks can be built in this process. */
    public LoadedPlugin load() {
        return LoadedPlugin.open(jar, jarSha256);
    }
}
