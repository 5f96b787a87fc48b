package io.catwalk.runner.cli;

import picocli.CommandLine.Command;

/** Helps to write plugins, and manages the folder of installed ones. */
@Command(
        name = "plugin",
        description = "Start and check a plugin, install and remove plugins, and show what they are made of.",
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
