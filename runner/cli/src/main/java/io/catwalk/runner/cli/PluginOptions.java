package io.catwalk.runner.cli;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.TextEscaping;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.plugin.PluginFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The option of every command that uses plugins: their folder. */
class PluginOptions {

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

    /** The options of every command that loads plugins. */
    static final class Locked extends PluginOptions {

        @Option(
                names = "--locked",
                description = "Refuse plugin jars that differ from plugins.lock, which catwalk list --lock writes.")
        private boolean locked;

        PluginCatalog open(Console console) {
            List<String> differences = locked ? PluginFolder.differences(folder) : List.of();
            differences.forEach(difference -> console.note("locked: " + difference));
            if (!differences.isEmpty()) {
                throw new RequestException("expected the jars of " + folder.resolve("plugins.lock") + ", but "
                        + differences.size() + (differences.size() == 1 ? " differs" : " differ"));
            }
            return PluginCatalog.open(folder);
        }
    }
}
