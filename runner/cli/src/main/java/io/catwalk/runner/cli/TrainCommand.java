package io.catwalk.runner.cli;

import io.catwalk.runner.experiment.ExperimentRequest;
import io.catwalk.runner.experiment.ExperimentTree;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "train", description = "Train and evaluate one classifier.")
final class TrainCommand extends ConsoleCommand {

    @Parameters(paramLabel = "CLASSIFIER", description = "Name of a classifier, see catwalk list.")
    private String name = "";

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "Choose a hyperparameter, or a number of the recipe such as learning_rate; repeatable.")
    private Map<String, String> choices = Map.of();

    @Mixin
    private ExperimentOptions options;

    @Override
    int run() throws IOException, InterruptedException {
        ExperimentTree tree = options.tree(List.of(name));
        choices.forEach((key, text) -> tree.with("--set", "choice." + key, OptionParsers.value(text)));
        ExperimentRequest request = tree.read();
        return options.run("train-" + name, request, ClassifierChoice.ALL, request::spec, console);
    }
}
