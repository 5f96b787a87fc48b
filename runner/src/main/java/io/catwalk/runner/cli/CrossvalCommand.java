package io.catwalk.runner.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares architectures over the folds of the training images. */
@Command(
        name = "crossval",
        description = {
            "Cross-validate classifiers on the training images: every classifier on the same folds.",
            "Each fold is the test set once; the test images of the data set are not used."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class CrossvalCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "CLASSIFIER", description = "What to train. Default: all that catwalk list shows")
    private List<String> names = List.of();

    @Mixin
    private FoldOptions folds;

    @Mixin
    private ExperimentOptions options;

    @Override
    public Integer call() throws IOException, InterruptedException {
        return new ExperimentRuns(options, spec)
                .carryOut(
                        "crossval",
                        names,
                        catalog -> options.spec(
                                options.contestants(names, catalog, new Console(spec)), folds.split(options, 5)));
    }
}
