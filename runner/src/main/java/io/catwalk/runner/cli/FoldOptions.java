package io.catwalk.runner.cli;

import io.catwalk.runner.trial.SplitSpec;
import picocli.CommandLine.Option;

/** The options of every command that deals the training images into folds. */
final class FoldOptions {

    @Option(names = "--folds", paramLabel = "K", description = "Number of folds. Default: ${DEFAULT-VALUE}")
    private int folds;

    @Option(
            names = "--repeats",
            paramLabel = "N",
            description = "Deal the images into folds so often. Default: ${DEFAULT-VALUE}")
    private int repeats = 1;

    FoldOptions(int folds) {
        this.folds = folds;
    }

    SplitSpec split(double holdOut) {
        // 0 folds mean a hold-out to a split, and a slip to whoever asks for folds.
        return new SplitSpec(folds == 0 ? 1 : folds, repeats, holdOut, 0);
    }
}
