package io.catwalk.runner.cli;

import picocli.CommandLine.Command;

/** Helps to write plugins, and manages the folder of installed ones. */
@Command(
        name = "plugin",
        description = "Create, check, install, remove, list and inspect plugins.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            PluginNewCommand.class,
            PluginCheckCommand.class,
            PluginInstallCommand.class,
            PluginRemoveCommand.class,
            PluginListCommand.class,
            PluginInfoCommand.class
        })
final class PluginCommand {}
