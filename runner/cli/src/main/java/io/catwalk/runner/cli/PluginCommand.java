package io.catwalk.runner.cli;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.TextEscaping;
import io.catwalk.runner.contract.PluginContract;
import io.catwalk.runner.contract.PluginContract.CheckedPlugin;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.plugin.PluginIndex;
import io.catwalk.runner.plugin.PluginInstaller;
import io.catwalk.runner.plugin.PluginInstaller.Downgrade;
import io.catwalk.runner.plugin.PluginInstaller.Placed;
import io.catwalk.runner.plugin.PluginProject;
import io.catwalk.runner.plugin.PluginProject.Language;
import io.catwalk.runner.supply.FileSource;
import io.catwalk.testkit.contract.Check;
import io.catwalk.testkit.contract.Contract;
import io.catwalk.testkit.contract.Expectations;
import io.catwalk.testkit.contract.Result;
import io.catwalk.testkit.contract.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "plugin",
        description = "Create, check, install, remove, list and inspect plugins.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            PluginCommand.PluginNewCommand.class,
            PluginCommand.PluginCheckCommand.class,
            PluginCommand.PluginInstallCommand.class,
            PluginCommand.PluginRemoveCommand.class,
            PluginCommand.PluginListCommand.class,
            PluginInfoCommand.class
        })
final class PluginCommand {

    private static String named(List<String> classifiers) {
        return ", with " + (classifiers.size() == 1 ? "the classifier " : "the classifiers ")
                + String.join(", ", classifiers);
    }

    @Command(
            name = "install",
            description = "Check a plugin and put it into the plugins folder, in place of its older version.")
    static final class PluginInstallCommand extends ConsoleCommand {

        @Parameters(
                paramLabel = "FILE|URL|NAME",
                description = "A .jar or .zip, its address (file: or https:), or with --index a Plugin-Id.")
        private String what = "";

        @Mixin
        private PluginOptions plugins;

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
        int run() {
            if (index != null && sha512 != null) {
                throw new RequestException(
                        "expected --index or --sha512, but found both: an index names the digest itself");
            }
            Downgrade downgrade = force ? Downgrade.ALLOWED : Downgrade.REFUSED;
            PluginInstaller installer = PluginInstaller.open(plugins.folder);
            Placed placed = index == null
                    ? installer.install(what, sha512, downgrade)
                    : installer.install(PluginIndex.read(index).require(what), downgrade);
            PluginInstaller.Plugin now = placed.now();
            console.line("installed " + now.id() + " " + now.version()
                    + (placed.replaced().isEmpty() ? "" : ", which replaces " + String.join(" and ", placed.replaced()))
                    + named(now.classifiers()));
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
        private PluginOptions plugins;

        @Override
        int run() {
            PluginInstaller.Plugin removed =
                    PluginInstaller.open(plugins.folder).remove(name);
            console.line("removed " + (removed.id() + " " + removed.version()).strip()
                    + (removed.classifiers().isEmpty() ? "" : named(removed.classifiers())));
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

        @Option(names = "--description", paramLabel = "TEXT", description = "A line about it, for catwalk list.")
        private @Nullable String description;

        @Option(names = "--kotlin", description = "Write the classifier in Kotlin, not in Java.")
        private boolean kotlin;

        @Override
        int run() {
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
        private PluginOptions plugins;

        @Option(names = "--outdated", description = "List only those that the index has in a newer version.")
        private boolean outdated;

        @Option(names = "--index", paramLabel = "FILE|URL", description = "An index: a plugins.json of pf4j-update.")
        private @Nullable String index;

        private record Row(
                String id, String version, @Nullable String newest, List<String> classifiers, String file) {}

        @Override
        int run() {
            if (outdated != (index != null)) {
                throw new RequestException(
                        "expected --outdated together with --index FILE|URL, but found only one of them");
            }
            PluginCatalog catalog = PluginCatalog.open(plugins.folder);
            PluginIndex newest = index == null ? null : PluginIndex.read(index);
            List<Row> rows = new ArrayList<>();
            for (PluginInstaller.Plugin one : PluginInstaller.plugins(catalog)) {
                String newer = newest == null ? null : newest.newerThan(one).orElse(null);
                if (!outdated || newer != null) {
                    String file = String.valueOf(one.file().getFileName());
                    rows.add(new Row(one.id(), one.version(), newer, one.classifiers(), file));
                }
            }
            print(() -> rows, () -> print(rows));
            catalog.failures().forEach(failure -> console.note("failed: " + failure));
            return catalog.failures().isEmpty() ? ExitCode.DONE : ExitCode.SOME_FAILED;
        }

        private void print(List<Row> rows) {
            if (rows.isEmpty()) {
                console.line(outdated ? "No plugin is outdated." : "No plugins.");
                return;
            }
            console.list(rows.stream()
                    .map(row -> List.of(
                            row.id,
                            row.version + (row.newest == null ? "" : " -> " + row.newest),
                            String.join(", ", row.classifiers)))
                    .toList());
            if (outdated) {
                console.note("update with catwalk plugin install NAME --index "
                        + FileSource.shown(String.valueOf(index)) + plugins.option());
            }
        }
    }

    @Command(
            name = "check",
            description = "Check whether a built plugin keeps the contract of docs/reference/contract.md.")
    static final class PluginCheckCommand extends JsonCommand {

        private static final String INDENT = " ".repeat(10);

        @Parameters(paramLabel = "JAR", description = "The plugin.")
        private Path jar = Path.of("");

        @Option(names = "--only", paramLabel = "ID", description = "Run these checks alone.")
        private List<String> only = List.of();

        @Option(names = "--expect", paramLabel = "ID=REASON", description = "Expect a failure; passing is then wrong.")
        private Map<String, String> expect = Map.of();

        @Option(names = "--seconds", paramLabel = "N", description = "Limit of CPU seconds. Default: ${DEFAULT-VALUE}")
        private int seconds = 60;

        /** The classifier whose results are being printed. */
        private String classifier = "";

        @Override
        int run() throws InterruptedException {
            if (!Files.isRegularFile(jar)) {
                throw new RequestException("expected a plugin's jar at " + jar + ", but " + Reasons.noFile(jar)
                        + ": build the plugin, and name its jar");
            }
            OptionParsers.within("--seconds", seconds, Integer.MAX_VALUE);
            long start = System.nanoTime();
            List<CheckedPlugin> results = new PluginContract(
                            checks(),
                            expectations(),
                            Duration.ofSeconds(seconds),
                            json ? checked -> {} : checked -> print(checked))
                    .run(jar);
            double taken = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) / 1000.0;
            List<Verdict> verdicts =
                    results.stream().map(each -> each.result().verdict()).toList();
            if (json) {
                console.json(new Answer(
                        jar.toString(), taken, results.stream().map(this::asMap).toList()));
            } else {
                if (verdicts.contains(Verdict.SKIPPED)) {
                    printFirstFailure(results);
                }
                int kept = Collections.frequency(verdicts, Verdict.PASSED)
                        + Collections.frequency(verdicts, Verdict.EXPECTED);
                console.say("%d of %d checks passed, in %.1f s", kept, results.size(), taken);
            }
            if (PluginProject.hasPlainDescription(jar)) {
                console.note("the description is still that of the template: say in pom.xml what the network is, since"
                        + " catwalk list shows it");
            }
            return verdicts.contains(Verdict.FAILED) ? ExitCode.SOME_FAILED : ExitCode.DONE;
        }

        /** Says again why the first check failed, where those that wait for it have pushed that off the screen. */
        private void printFirstFailure(List<CheckedPlugin> results) {
            results.stream()
                    .map(CheckedPlugin::result)
                    .filter(result -> result.verdict() == Verdict.FAILED)
                    .findFirst()
                    .ifPresent(
                            result -> console.paragraph("", "first failure: " + result.check() + ": " + result.line()));
        }

        private List<Check> checks() {
            try {
                only.forEach(Contract::require);
            } catch (IllegalArgumentException e) {
                throw new RequestException(String.valueOf(e.getMessage()), e);
            }
            return Contract.checks().stream()
                    .filter(check -> only.isEmpty() || only.contains(check.id()))
                    .toList();
        }

        private Expectations expectations() {
            try {
                return Expectations.of(expect);
            } catch (IllegalArgumentException e) {
                throw new RequestException(
                        e.getMessage() + "; write --expect ID=REASON, such as --expect 'onnx=sorts the image'", e);
            }
        }

        private record Answer(String jar, double seconds, List<Map<String, Object>> checks) {}

        private Map<String, Object> asMap(CheckedPlugin checked) {
            Result result = checked.result();
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("classifier", checked.classifier());
            map.put("id", result.check());
            map.put("promise", Contract.require(result.check()).promise());
            map.put("verdict", result.verdict().toString());
            map.put("reason", result.line());
            map.put("millis", result.millis());
            if (result.verdict() == Verdict.FAILED) {
                map.put("again", again(result));
            }
            return map;
        }

        private String again(Result result) {
            return "catwalk plugin check " + TextEscaping.shellWord(jar.toString()) + " --only " + result.check();
        }

        /** Prints results as they arrive, those of each classifier under its name. */
        private void print(CheckedPlugin checked) {
            if (!checked.classifier().equals(classifier)) {
                classifier = checked.classifier();
                console.line(classifier);
            }
            Result result = checked.result();
            console.say(
                    "%-8s  %-16s  %s",
                    result.verdict() == Verdict.FAILED ? "FAILED" : result.verdict(),
                    result.check(),
                    Contract.require(result.check()).promise());
            if (!result.line().isEmpty()) {
                console.paragraph(INDENT, result.line());
            }
            if (result.verdict() == Verdict.FAILED) {
                console.line(INDENT + again(result));
            }
        }
    }
}
