package io.catwalk.runner.cli;

import io.catwalk.runner.experiment.ExperimentRequest;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "compare",
        description = "Train classifiers and evaluate them on the same images, each in its own process.")
final class CompareCommand extends ConsoleCommand {

    @Parameters(paramLabel = "CLASSIFIER", description = "What to train. Default: all that catwalk list shows")
    private List<String> names = List.of();

    @Mixin
    private ExperimentOptions options;

    @Override
    int run(Console console) throws IOException, InterruptedException {
        ExperimentRequest request = options.tree(names).read();
        return options.run("compare", request, request::spec, console);
    }
}
