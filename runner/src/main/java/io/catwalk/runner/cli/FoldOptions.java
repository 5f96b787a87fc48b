package io.catwalk.runner.cli;

import io.catwalk.runner.trial.SplitSpec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that deals the training images into folds. */
final class FoldOptions {

    @Option(names = "--folds", paramLabel = "K", description = "Number of folds. Default: 5, to tune 3")
    @Nullable
    private Integer folds;

    @Option(names = "--repeats", paramLabel = "N", description = "Deal the images into folds so often. Default: 1")
    @Nullable
    private Integer repeats;

    /** Splits into folds, so many unless options or a file say otherwise. */
    SplitSpec split(ExperimentOptions options, int byDefault) {
        // 0 folds mean a hold-out to a split, and a slip to whoever asks for folds.
        return options.split(byDefault, folds != null && folds == 0 ? (Integer) 1 : folds, repeats);
    }
}
