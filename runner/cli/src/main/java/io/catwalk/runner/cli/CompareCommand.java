package io.catwalk.runner.cli;

import io.catwalk.runner.experiment.ExperimentRequest;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "compare",
        description =
                "Train classifiers and evaluate them on the same images, each in its own process; beside them, or "
                        + "alone, models that were trained elsewhere.")
final class CompareCommand extends ConsoleCommand {

    @Parameters(
            paramLabel = "CLASSIFIER|FILE|RUN/CLASSIFIER",
            description =
                    "What to train, by its name; an ONNX file, a table of predictions (.csv) or a network of another "
                            + "run, to be evaluated on the same test images. Default: all that catwalk list shows")
    private List<String> names = List.of();

    @Mixin
    private GivenOptions given;

    @Mixin
    private ExperimentOptions options;

    @Override
    int run(Console console) throws IOException, InterruptedException {
        ExperimentRequest request = given.layOver(options.tree(names)).read();
        return options.run("compare", request, request::spec, console);
    }
}
