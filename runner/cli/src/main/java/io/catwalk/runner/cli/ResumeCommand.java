package io.catwalk.runner.cli;

import io.catwalk.runner.experiment.DataSetRuns;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.plugin.PluginCatalog;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "resume",
        description = {
            "Continue an interrupted run; the results are those of a run without interruption.",
            "Finished trials are kept, failed ones are tried again, and those of another plugin jar are run again."
        })
final class ResumeCommand extends ConsoleCommand {

    @Parameters(paramLabel = "RUN", description = "A run folder, or one with the runs of several data sets.")
    private Path folder = Path.of("");

    @Option(names = "--keep-versions", description = "Keep trials of other versions of Catwalk, DJL or PyTorch, too.")
    private boolean keepVersions;

    @Mixin
    private RunOptions runOptions;

    @Override
    int run() throws IOException, InterruptedException {
        Path begun = DataSetRuns.isOne(folder) ? folder : RunFolder.open(folder).path();
        PluginCatalog catalog = runOptions.plugins.open(console);
        return new RunLauncher(runOptions.settings(true, keepVersions), catalog, console).resume(begun);
    }
}
