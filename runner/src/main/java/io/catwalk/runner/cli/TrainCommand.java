package io.catwalk.runner.cli;

import io.catwalk.runner.experiment.ExperimentRequest;
import java.io.IOException;
import java.util.LinkedHashMap;
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
    int run(Console console) throws IOException, InterruptedException {
        ExperimentRequest request = options.tree().read();
        ExperimentRuns runs = new ExperimentRuns(options, request, console);
        if (choices.isEmpty()) {
            return runs.carryOut("train-" + name, List.of(name));
        }
        Map<String, Object> choice = new LinkedHashMap<>();
        choices.forEach((key, text) -> choice.put(key, OptionParsers.value(text)));
        return runs.carryOut(
                "train-" + name,
                List.of(name),
                (names, catalog) -> request.spec(request.choices(name, catalog, List.of(choice)), null));
    }
}
