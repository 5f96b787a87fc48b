package io.catwalk.runner.cli;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.plugin.PluginIndex;
import io.catwalk.runner.plugin.PluginProject;
import io.catwalk.runner.plugin.PluginProject.Language;
import io.catwalk.runner.plugin.PluginShelf;
import io.catwalk.runner.plugin.PluginShelf.Downgrade;
import io.catwalk.runner.plugin.PluginShelf.Placed;
import io.catwalk.runner.supply.FileSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "plugin",
        description = "Create, check, install, remove, list and inspect plugins.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            PluginCommand.PluginNewCommand.class,
            PluginCheckCommand.class,
            PluginCommand.PluginInstallCommand.class,
            PluginCommand.PluginRemoveCommand.class,
            PluginCommand.PluginListCommand.class,
            PluginInfoCommand.class
        })
final class PluginCommand {
    @Command(
            name = "install",
            description = "Check a plugin and put it into the plugins folder, in place of its older version.")
    static final class PluginInstallCommand extends ConsoleCommand {

        @Parameters(
                paramLabel = "FILE|URL|NAME",
                description = "A .jar or .zip, its address (file: or https:), or with --index a Plugin-Id.")
        private String what = "";

        @Mixin
        private PluginFolder plugins;

        @Option(
                names = "--index",
                paramLabel = "FILE|URL",
                description = "Take the newest compatible release from this index, a plugins.json of pf4j-update.")
        private @Nullable String index;

        @Option(names = "--sha512", paramLabel = "HEX", description = "Refuse a file with another SHA-512.")
        private @Nullable String sha512;

        @Option(names = "--force", description = "Replace a newer version by an older one.")
        private boolean force;

        @Override
        int run(Console console) {
            if (index != null && sha512 != null) {
                throw new RequestException(
                        "expected --index or --sha512, but found both: an index names the digest itself");
            }
            Downgrade downgrade = force ? Downgrade.ALLOWED : Downgrade.REFUSED;
            PluginShelf folder = plugins.shelf();
            Placed placed = index == null
                    ? folder.install(what, sha512, downgrade)
                    : folder.install(PluginIndex.read(index).require(what), downgrade);
            PluginShelf.Plugin now = placed.now();
            console.line("installed " + now.id() + " " + now.version()
                    + (placed.replaced().isEmpty() ? "" : ", which replaces " + String.join(" and ", placed.replaced()))
                    + ", with " + (now.classifiers().size() == 1 ? "the classifier " : "the classifiers ")
                    + String.join(", ", now.classifiers()));
            plugins.noteLock(console);
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "remove",
            description = "Delete a plugin from the plugins folder. Runs that were made with it stay.")
    static final class PluginRemoveCommand extends ConsoleCommand {

        @Parameters(
                paramLabel = "NAME",
                description = "Its Plugin-Id, one of its classifiers, or the name of its file.")
        private String name = "";

        @Mixin
        private PluginFolder plugins;

        @Override
        int run(Console console) {
            PluginShelf.Plugin removed = plugins.shelf().remove(name);
            console.line("removed " + (removed.id() + " " + removed.version()).strip()
                    + (removed.classifiers().isEmpty()
                            ? ""
                            : ", with " + (removed.classifiers().size() == 1 ? "the classifier " : "the classifiers ")
                                    + String.join(", ", removed.classifiers())));
            plugins.noteLock(console);
            return ExitCode.DONE;
        }
    }

    @Command(name = "new", description = "Write the project of a new plugin, with its test, into the new folder NAME.")
    static final class PluginNewCommand extends ConsoleCommand {

        @Parameters(
                paramLabel = "NAME",
                description = "What the classifier is called: lower-case letters, digits and single dashes.")
        private String name = "";

        @Option(
                names = "--description",
                paramLabel = "TEXT",
                description = "What catwalk list says about the plugin, in a line.")
        private @Nullable String description;

        @Option(names = "--kotlin", description = "Write the classifier in Kotlin, not in Java.")
        private boolean kotlin;

        @Override
        int run(Console console) {
            PluginProject project = new PluginProject(
                    name,
                    description == null ? PluginProject.plainDescription(name) : description,
                    kotlin ? Language.KOTLIN : Language.JAVA);
            for (String file : project.write(Path.of(name), Home.artifacts())) {
                console.line("  " + name + "/" + file);
            }
            """

                Next:
                  cd %1$s
                  %2$s
                  catwalk plugin install %3$s
                  catwalk compare %1$s small-conv --quick
                """.formatted(name, project.command(), project.artifact()).lines().forEach(console::line);
            return ExitCode.DONE;
        }
    }

    @Command(name = "list", description = "List the plugins with their versions, or those that have a newer one.")
    static final class PluginListCommand extends JsonCommand {

        @Mixin
        private PluginFolder plugins;

        @Option(names = "--outdated", description = "List only those that the index has in a newer version.")
        private boolean outdated;

        @Option(
                names = "--index",
                paramLabel = "FILE|URL",
                description = "An index of plugins, a plugins.json of pf4j-update.")
        private @Nullable String index;

        private record Row(
                PluginShelf.Plugin plugin, @Nullable String newest) {}

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
                console.note("update with catwalk plugin install NAME --index "
                        + FileSource.shown(String.valueOf(index)) + plugins.option());
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
}
