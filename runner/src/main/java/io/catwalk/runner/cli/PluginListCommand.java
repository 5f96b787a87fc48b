package io.catwalk.runner.cli;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.plugin.PluginIndex;
import io.catwalk.runner.plugin.PluginShelf;
import io.catwalk.runner.supply.FileSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists the installed plugins, and those that have a newer release in an index. */
@Command(name = "list", description = "List the plugins with their versions, or those that have a newer one.")
final class PluginListCommand extends JsonCommand {

    @Mixin
    private PluginFolder plugins;

    @Option(names = "--outdated", description = "List only those that the index has in a newer version.")
    private boolean outdated;

    @Option(
            names = "--index",
            paramLabel = "FILE|URL",
            description = "An index of plugins, a plugins.json of pf4j-update.")
    private @Nullable String index;

    private record Row(PluginShelf.Plugin plugin, @Nullable String newest) {}

    @Override
    int run(Console console) {
        if (outdated != (index != null)) {
            throw new RequestException(
                    "expected --outdated together with --index FILE|URL, but found only one of them");
        }
        PluginCatalog catalog = PluginCatalog.open(plugins.folder);
        List<Row> rows = rows(catalog);
        print(() -> rows.stream().map(PluginListCommand::asMap).toList(), () -> print(rows, console), console);
        catalog.failures().forEach(failure -> console.note("failed: " + failure));
        return catalog.failures().isEmpty() ? ExitCode.DONE : ExitCode.SOME_FAILED;
    }

    private List<Row> rows(PluginCatalog catalog) {
        PluginIndex newest = index == null ? null : PluginIndex.read(index);
        List<Row> rows = new ArrayList<>();
        for (PluginShelf.Plugin plugin : PluginShelf.plugins(catalog)) {
            String newer = newest == null ? null : newest.newerThan(plugin).orElse(null);
            if (!outdated || newer != null) {
                rows.add(new Row(plugin, newer));
            }
        }
        return rows;
    }

    private void print(List<Row> rows, Console console) {
        if (rows.isEmpty()) {
            console.line(outdated ? "No plugin is outdated." : "No plugins.");
            return;
        }
        console.list(rows.stream()
                .map(row -> List.of(
                        row.plugin().id(),
                        versions(row),
                        String.join(", ", row.plugin().classifiers())))
                .toList());
        if (outdated) {
            console.note("update with catwalk plugin install NAME --index " + FileSource.shown(String.valueOf(index))
                    + plugins.option());
        }
    }

    private static String versions(Row row) {
        return row.plugin().version() + (row.newest() == null ? "" : " -> " + row.newest());
    }

    private static Map<String, Object> asMap(Row row) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", row.plugin().id());
        map.put("version", row.plugin().version());
        map.put("newest", row.newest());
        map.put("classifiers", row.plugin().classifiers());
        map.put("file", String.valueOf(row.plugin().file().getFileName()));
        return map;
    }
}
