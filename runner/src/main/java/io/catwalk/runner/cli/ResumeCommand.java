package io.catwalk.runner.cli;

import io.catwalk.runner.experiment.CollectionFolder;
import io.catwalk.runner.experiment.Conduct;
import io.catwalk.runner.experiment.Experiment;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.experiment.RunLock;
import io.catwalk.runner.plugin.PluginCatalog;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Continues an interrupted run. */
@Command(
        name = "resume",
        description = {
            "Continue an interrupted run; the results are those of a run without interruption.",
            "Finished trials are kept, failed ones are tried again, and those of another plugin jar are run again."
        })
final class ResumeCommand extends ConsoleCommand {

    @Parameters(paramLabel = "RUN", description = "A run folder, or one with the runs of several data sets.")
    private Path folder = Path.of("");

    @Option(
            names = "--keep-versions",
            description = "Keep trials that other versions of Catwalk, DJL or PyTorch have made; the report shows "
                    + "the mix.")
    private boolean keepVersions;

    @Mixin
    private ConductOptions conduct;

    @Override
    int run(Console console) throws IOException, InterruptedException {
        conduct.keepVersions = keepVersions;
        conduct.resumes = true;
        if (CollectionFolder.isOne(folder)) {
            return CollectionRuns.carryOut(
                    new CollectionFolder(folder), conduct, conduct.plugins.open(console), console);
        }
        RunFolder run = RunFolder.open(folder);
        ExperimentSpec asked = run.readExperiment();
        PluginCatalog catalog = conduct.plugins.open(console);
        Conduct how = conduct.how();
        ExperimentSpec request = ConductOptions.repinned(asked, catalog, console);
        Experiment experiment = conduct.resumed(request, catalog, console);
        try (RunLock lock = run.lock(RunLock.Purpose.TRAIN)) {
            if (!request.equals(asked)) {
                run.writeExperiment(request);
            }
            return conduct.carryOut(request, experiment, how, lock, console);
        }
    }
}
