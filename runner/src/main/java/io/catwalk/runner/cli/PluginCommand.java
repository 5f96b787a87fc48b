package io.catwalk.runner.cli;

import io.catwalk.runner.RequestException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Holds the commands for those who make plugins. */
@Command(
        name = "plugin",
        description = "Check a plugin.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = PluginCheckCommand.class)
final class PluginCommand implements Callable<Integer> {

    @Override
    public Integer call() {
        throw new RequestException("expected what to do with a plugin, but found nothing: try catwalk plugin --help");
    }
}
