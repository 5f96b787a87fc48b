package io.catwalk.runner.cli;

import io.catwalk.runner.Json;
import io.catwalk.runner.trial.SplitSpec;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;

/** Trains and judges one classifier. */
@Command(
        name = "train",
        description = "Train and judge one classifier.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class TrainCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "CLASSIFIER", description = "One that catwalk list shows.")
    private String name = "";

    @Option(names = "--set", paramLabel = "NAME=VALUE", description = "Choose a hyperparameter; repeatable.")
    private Map<String, String> choices = Map.of();

    @Mixin
    private ExperimentOptions options;

    @Override
    public Integer call() throws IOException, InterruptedException {
        return options.run(
                "train-" + name,
                spec,
                catalog -> options.spec(
                        List.of(new ExperimentOptions.Entrant(catalog.require(name), typed(choices))),
                        SplitSpec.holdOut(options.holdOut, 0)));
    }

    private static Map<String, Object> typed(Map<String, String> texts) {
        Map<String, Object> values = new LinkedHashMap<>();
        texts.forEach((name, text) -> values.put(name, typed(text)));
        return values;
    }

    /** Reads a value as YAML does: 32 is a whole number, 0.5 a number, true a switch, the rest text. */
    private static Object typed(String text) {
        try {
            Object value = Json.YAML.readValue(text, Object.class);
            return value instanceof Number || value instanceof Boolean ? value : text;
        } catch (JacksonException e) {
            return text;
        }
    }
}
