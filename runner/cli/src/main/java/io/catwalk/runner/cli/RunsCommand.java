package io.catwalk.runner.cli;

import io.catwalk.runner.experiment.ListedRun;
import io.catwalk.runner.report.Medium;
import io.catwalk.runner.report.RunsDocument;
import io.catwalk.runner.report.page.ReportPage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "runs",
        description = "List the runs of a folder, the latest first: data set, best classifier, trials and size.")
final class RunsCommand extends JsonCommand {

    private static final String PAGE = "runs.html";

    @Parameters(
            paramLabel = "DIR",
            arity = "0..1",
            defaultValue = "runs",
            description = "A folder with run folders. Default: ${DEFAULT-VALUE}")
    private Path folder = Path.of("");

    @Option(names = "--page", description = "Write " + PAGE + " there, which links to the report of each.")
    private boolean page;

    @Override
    int run() throws IOException {
        List<ListedRun> runs = ListedRun.in(folder);
        print(
                () -> runs,
                () -> console.table(RunsDocument.table(runs).in(Medium.MARKDOWN).texts()));
        RunsDocument.faults(runs).forEach(console::note);
        if (page) {
            Path file = folder.resolve(PAGE);
            ReportPage.write(RunsDocument.of(folder.toString(), runs), file);
            console.note(file.toString());
        }
        return RunsDocument.faults(runs).isEmpty() ? ExitCode.DONE : ExitCode.SOME_FAILED;
    }
}
