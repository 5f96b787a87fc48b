package io.catwalk.runner.cli;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.plugin.PluginFolder;
import java.util.List;
import picocli.CommandLine.Option;

/** The options of every command that needs plugins. */
final class PluginOptions extends PluginFolderOption {

    @Option(
            names = "--locked",
            description = "Refuse plugin jars that differ from plugins.lock, which catwalk list --lock writes.")
    boolean locked;

    PluginCatalog open(Console console) {
        if (locked) {
            List<String> differences = PluginFolder.differences(folder);
            differences.forEach(difference -> console.note("locked: " + difference));
            if (!differences.isEmpty()) {
                throw new RequestException("expected the jars of " + folder.resolve("plugins.lock") + ", but "
                        + differences.size() + (differences.size() == 1 ? " differs" : " differ"));
            }
        }
        return PluginCatalog.open(folder);
    }
}
