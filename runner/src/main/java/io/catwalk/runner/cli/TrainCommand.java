package io.catwalk.runner.cli;

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
        return new ExperimentRuns(options, console)
                .carryOut(
                        "train-" + name,
                        List.of(name),
                        catalog -> options.spec(
                                choices.isEmpty()
                                        ? options.contestants(List.of(name), catalog, console)
                                        : List.of(options.contestant(catalog, name, typed(choices))),
                                options.split()));
    }

    private static Map<String, Object> typed(Map<String, String> texts) {
        Map<String, Object> values = new LinkedHashMap<>();
        texts.forEach((name, text) -> values.put(name, OptionParsers.value(text)));
        return values;
    }
}
