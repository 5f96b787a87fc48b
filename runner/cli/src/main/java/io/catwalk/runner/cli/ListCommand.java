package io.catwalk.runner.cli;

import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.plugin.PluginCatalog.InstalledClassifier;
import io.catwalk.runner.plugin.PluginFolder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "list", description = "List the classifiers, and the plugins that failed to load.")
final class ListCommand extends JsonCommand {

    @Mixin
    private PluginOptions.Locked plugins;

    @Option(
            names = "--lock",
            description = "Write the SHA-256 of each jar into plugins.lock beside them, for --locked.")
    private boolean lock;

    @Override
    int run() {
        PluginCatalog catalog = plugins.open(console);
        print(() -> answer(catalog), () -> print(catalog));
        if (lock) {
            console.note("locked in " + PluginFolder.lock(plugins.folder, catalog));
        }
        return catalog.failures().isEmpty() ? ExitCode.DONE : ExitCode.SOME_FAILED;
    }

    private void print(PluginCatalog catalog) {
        console.list(catalog.classifiers().stream()
                .map(one ->
                        List.of(one.name(), one.plugin().version(), one.plugin().description()))
                .toList());
        if (catalog.classifiers().isEmpty()) {
            console.line("No classifiers.");
        }
        catalog.failures().forEach(failure -> console.note("failed: " + failure));
    }

    static Map<String, Object> identity(InstalledClassifier classifier) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", classifier.name());
        map.put("plugin_id", classifier.plugin().id());
        map.put("version", classifier.plugin().version());
        map.put("provider", classifier.plugin().provider());
        map.put("description", classifier.plugin().description());
        return map;
    }

    private record Answer(List<Map<String, Object>> classifiers, List<Map<String, String>> failures) {}

    private static Answer answer(PluginCatalog catalog) {
        List<Map<String, Object>> classifiers = new ArrayList<>();
        for (InstalledClassifier one : catalog.classifiers()) {
            Map<String, Object> map = identity(one);
            map.put("jar", one.plugin().path().getFileName().toString());
            map.put("sha256", one.plugin().sha256());
            map.put("tags", one.tags());
            map.put("search_space", one.searchSpace().choices());
            classifiers.add(map);
        }
        List<Map<String, String>> failures = catalog.failures().stream()
                .map(failure -> Map.of("jar", failure.jar().getFileName().toString(), "reason", failure.reason()))
                .toList();
        return new Answer(classifiers, failures);
    }
}
