package io.catwalk.runner.cli;

import io.catwalk.runner.plugin.PluginShelf;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Removes a plugin from the plugins folder. */
@Command(name = "remove", description = "Delete a plugin from the plugins folder. Runs that were made with it stay.")
final class PluginRemoveCommand extends ConsoleCommand {

    @Parameters(paramLabel = "NAME", description = "Its Plugin-Id, one of its classifiers, or the name of its file.")
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
