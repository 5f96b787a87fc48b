package io.catwalk.runner.cli;

import io.catwalk.runner.TextEscaping;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option of every command that uses plugins: their folder. */
class PluginFolderOption {

    @Option(names = "--plugins-dir", paramLabel = "DIR", description = "Folder of the plugin jars.")
    Path folder = Home.plugins();

    /** Returns the option that makes another command use this folder, after a space; empty if it needs none. */
    String option() {
        return folder.equals(Home.plugins()) ? "" : " --plugins-dir " + TextEscaping.shellWord(folder.toString());
    }

    void noteLock(Console console) {
        if (Files.exists(folder.resolve("plugins.lock"))) {
            console.note(
                    "plugins.lock still names the earlier plugins: write it again with catwalk list --lock" + option());
        }
    }
}
