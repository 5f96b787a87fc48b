package io.catwalk.runner.cli;

import io.catwalk.runner.experiment.ExperimentTree;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say of the ONNX files of others what they do not say themselves; an entry of a file overrides them. */
final class GivenOptions {

    @Option(
            names = "--normalize",
            paramLabel = "HOW",
            description =
                    "How given files normalize pixels that do not say it: imagenet, 0-1, -1-1, none (0 to 255), "
                            + "MEAN/STD such as 0.485,0.456,0.406/0.229,0.224,0.225, or JSON with mean and std, or a file of it.")
    private @Nullable String normalize;

    @Option(
            names = "--order",
            paramLabel = "rgb|bgr",
            description = "Order of the color channels in given files. Default: rgb")
    private @Nullable String order;

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

    ExperimentTree layOver(ExperimentTree tree) {
        return tree.with("--normalize", "given.normalize", normalize)
                .with("--order", "given.order", order)
                .with("--output", "given.output", output)
                .with("--model-labels", "given.labels", labels);
    }
}
