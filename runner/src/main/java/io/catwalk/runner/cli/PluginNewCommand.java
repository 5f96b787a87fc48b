package io.catwalk.runner.cli;

import io.catwalk.runner.plugin.PluginProject;
import io.catwalk.runner.plugin.PluginProject.Language;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Creates the project of a new plugin. */
@Command(name = "new", description = "Write the project of a new plugin, with its test, into the new folder NAME.")
final class PluginNewCommand extends ConsoleCommand {

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
