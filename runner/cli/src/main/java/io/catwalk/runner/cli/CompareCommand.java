package io.catwalk.runner.cli;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.experiment.ExperimentRequest;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
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
                            + "run, to be evaluated on the same test images. Default: few that suit the images")
    private List<String> names = List.of();

    @Option(names = "--all", description = "Train all that catwalk list shows.")
    private boolean all;

    @Option(
            names = "--output",
            paramLabel = "NAME",
            description = "Output of given files with the scores, where they have several.")
    private @Nullable String output;

    @Option(
            names = "--model-labels",
            paramLabel = "FILE|A,B,...",
            description = "Classes of given files in the order of their outputs, where they do not name them.")
    private @Nullable String labels;

    @Mixin
    private ExperimentOptions options;

    @Override
    int run() throws IOException, InterruptedException {
        ExperimentRequest request = options.tree(names)
                .with("--output", "given.output", output)
                .with("--model-labels", "given.labels", labels)
                .read();
        if (all && request.namesClassifiers()) {
            throw new RequestException(
                    "--all must not be given together with names of classifiers: leave it out, or the names");
        }
        ClassifierChoice choice = all ? ClassifierChoice.ALL : ClassifierChoice.FEW;
        return options.run("compare", request, choice, request::spec, console);
    }
}
