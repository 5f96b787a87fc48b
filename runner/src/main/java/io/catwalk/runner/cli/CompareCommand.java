package io.catwalk.runner.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Trains several classifiers and evaluates them on the same images. */
@Command(
        name = "compare",
        description = "Train classifiers and evaluate them on the same images, each in its own process.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class CompareCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "CLASSIFIER", description = "What to train. Default: all that catwalk list shows")
    private List<String> names = List.of();

    @Mixin
    private ExperimentOptions options;

    @Override
    public Integer call() throws IOException, InterruptedException {
        return new ExperimentRuns(options, spec)
                .carryOut(
                        "compare",
                        names,
                        catalog ->
                                options.spec(options.contestants(names, catalog, new Console(spec)), options.split()));
    }
}
