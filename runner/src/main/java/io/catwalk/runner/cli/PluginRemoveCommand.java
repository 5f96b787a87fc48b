package io.catwalk.runner.cli;

import io.catwalk.runner.plugin.PluginShelf;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Removes a plugin from the plugins folder. */
@Command(
        name = "remove",
        description = "Delete a plugin from the plugins folder. Runs that were made with it stay.",
        mixinStandardHelpOptions = true)
final class PluginRemoveCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "Its Plugin-Id, one of its classifiers, or the name of its file.")
    private String name = "";

    @Mixin
    private ShelfOptions shelf;

    @Override
    public Integer call() {
        Console console = new Console(spec);
        PluginShelf.Plugin removed = shelf.open().remove(name);
        console.line("removed " + (removed.id() + " " + removed.version()).strip()
                + (removed.classifiers().isEmpty()
                        ? ""
                        : ", with " + (removed.classifiers().size() == 1 ? "the classifier " : "the classifiers ")
                                + String.join(", ", removed.classifiers())));
        shelf.noteLock(console);
        return ExitCode.DONE;
    }
}
