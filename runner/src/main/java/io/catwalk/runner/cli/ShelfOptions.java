package io.catwalk.runner.cli;

import io.catwalk.runner.plugin.PluginShelf;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options of every command that changes the plugins folder. */
final class ShelfOptions {

    @Option(names = "--plugins-dir", paramLabel = "DIR", description = "Folder of the plugin jars.")
    Path folder = Home.plugins();

    PluginShelf open() {
        return PluginShelf.open(folder);
    }

    /** Notes that the lock file, if there is one, still has the earlier pins. */
    void noteLock(Console console) {
        if (Files.exists(folder.resolve("plugins.lock"))) {
            console.note(
                    "plugins.lock still names the earlier plugins: write it again with catwalk list --lock" + option());
        }
    }

    /** Returns the option that makes another command use this folder, after a space; empty if it needs none. */
    String option() {
        return PluginOptions.option(folder);
    }
}
