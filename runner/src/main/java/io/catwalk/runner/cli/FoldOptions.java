package io.catwalk.runner.cli;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.trial.SplitSpec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that splits the training images into folds. */
final class FoldOptions {

    @Option(names = "--folds", paramLabel = "K", description = "Number of folds. Default: 5; tune: 3")
    private @Nullable Integer folds;

    @Option(names = "--repeats", paramLabel = "N", description = "Number of splits into folds. Default: 1")
    private @Nullable Integer repeats;

    /** Returns the split into folds; the default number is used unless options or a file say otherwise. */
    SplitSpec split(ExperimentOptions options, int byDefault) {
        if (folds != null && folds == 0) { // a split with 0 folds is a hold-out
            throw new RequestException("--folds must be at least 2, but is 0: try 5");
        }
        return options.split(byDefault, folds, repeats);
    }
}
