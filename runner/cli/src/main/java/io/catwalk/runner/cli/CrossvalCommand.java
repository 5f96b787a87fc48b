package io.catwalk.runner.cli;

import io.catwalk.runner.experiment.ExperimentRequest;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "crossval",
        description = {
            "Cross-validate classifiers on the training images: every classifier on the same folds.",
            "Each fold is the test set once; the test images of the data set are not used."
        })
final class CrossvalCommand extends ConsoleCommand {

    @Parameters(paramLabel = "CLASSIFIER", description = "What to train. Default: all that catwalk list shows")
    private List<String> names = List.of();

    @Mixin
    private ExperimentOptions.FoldOptions folds;

    @Mixin
    private ExperimentOptions options;

    @Override
    int run() throws IOException, InterruptedException {
        ExperimentRequest request = folds.over(options.tree(names), 5).read();
        return options.run("crossval", request, ClassifierChoice.ALL, request::spec, console);
    }
}
