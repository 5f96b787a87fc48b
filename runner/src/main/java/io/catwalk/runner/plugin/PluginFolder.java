package io.catwalk.runner.plugin;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds the jars of a plugins folder. */
public final class PluginFolder {

    private PluginFolder() {}

    /**
     * Lists every {@code *.jar} and {@code *.zip} of a folder, sorted by name.
     *
     * @throws RequestException if the folder does not exist, is no folder or cannot be read
     */
    static List<Path> jars(Path pluginsDir) {
        if (!Files.isDirectory(pluginsDir)) {
            throw new RequestException("expected a folder of plugin jars at " + pluginsDir + ", but "
                    + (Files.exists(pluginsDir) ? "that is not a folder" : "there is none")
                    + ": name another with --plugins-dir");
        }
        try (Stream<Path> files = Files.list(pluginsDir)) {
            return files.filter(file -> isPlugin(file.toString()) && Files.isRegularFile(file))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new RequestException("cannot read the plugins folder " + pluginsDir + ": " + Reasons.of(e), e);
        }
    }

    /**
     * Returns whether a file can be a plugin, by its name.
     *
     * @param name of the file, with or without its folder
     * @return whether it ends as a jar or zip does
     */
    public static boolean isPlugin(String name) {
        return name.endsWith(".jar") || name.endsWith(".zip");
    }
}
