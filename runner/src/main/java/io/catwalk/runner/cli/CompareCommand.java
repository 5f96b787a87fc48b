package io.catwalk.runner.cli;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.plugin.LoadedClassifier;
import io.catwalk.runner.plugin.PluginCatalog;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Trains and judges several classifiers on the same images. */
@Command(
        name = "compare",
        description = "Train and judge classifiers on the same images, each in a process of its own.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class CompareCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "CLASSIFIER", description = "Who takes part. Default: all that catwalk list shows")
    private List<String> names = List.of();

    @Mixin
    private ExperimentOptions options;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Console console =
                new Console(spec.commandLine().getOut(), spec.commandLine().getErr());
        try (PluginCatalog catalog = PluginCatalog.open(options.pluginsDir)) {
            List<LoadedClassifier> chosen = names.isEmpty()
                    ? catalog.classifiers()
                    : new LinkedHashSet<>(names).stream().map(catalog::require).toList();
            if (chosen.isEmpty()) {
                throw new RequestException(
                        "expected at least one plugin in " + options.pluginsDir + ", but found none: see catwalk list");
            }
            if (names.isEmpty()) {
                catalog.failures().forEach(failure -> console.note("left out: " + failure));
            }
            return options.run(
                    "compare",
                    spec.commandLine().getParseResult().originalArgs(),
                    chosen.stream()
                            .map(one -> new ExperimentOptions.Entrant(one, Map.of()))
                            .toList(),
                    console);
        }
    }
}
