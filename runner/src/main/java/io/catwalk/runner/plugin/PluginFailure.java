package io.catwalk.runner.plugin;

import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Says why a jar could not be loaded.
 *
 * @param jar the file in the plugins folder
 * @param pluginId Plugin-Id of its manifest, or null if that could not be read
 * @param classifier the name of the classifier that failed, or null if it is not known
 * @param reason one line: what was expected, what was found, what to try
 */
public record PluginFailure(
        Path jar, @Nullable String pluginId, @Nullable String classifier, String reason) {

    /** Returns whether a user who requests this classifier probably means the jar that failed. */
    boolean concerns(String name) {
        return name.equals(classifier)
                || name.equals(pluginId)
                || jar.getFileName().toString().matches(Pattern.quote(name) + "(-\\d.*)?\\.(jar|zip)");
    }

    /** Returns the name of the file and the reason, in one line. */
    @Override
    public String toString() {
        return jar.getFileName() + ": " + reason;
    }
}
