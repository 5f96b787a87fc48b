package io.catwalk.runner.cli;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.plugin.PluginIndex;
import io.catwalk.runner.plugin.PluginShelf;
import io.catwalk.runner.plugin.PluginShelf.Downgrade;
import io.catwalk.runner.plugin.PluginShelf.Placed;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Installs a plugin into the plugins folder. */
@Command(
        name = "install",
        description = "Check a plugin and put it into the plugins folder, in place of its older version.")
final class PluginInstallCommand extends ConsoleCommand {

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
