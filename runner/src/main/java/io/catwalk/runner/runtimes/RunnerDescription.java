package io.catwalk.runner.runtimes;

import java.util.List;

/**
 * The content of {@code runtime.json} in the folder of a runner.
 *
 * @param runtime its name, shown to people
 * @param command a program on the path and its arguments, which are followed by the paths of the model, its signature,
 *     the images and the logits; it runs in the folder of the runner. {@code java} is the one that this program runs on
 * @param probe arguments with which the program exits with 0 if everything that it needs is installed; if empty,
 *     nothing is checked
 * @param files that must exist, relative to the folder
 * @param install how to install it, for people; {@code {folder}} stands for the folder of the runner
 * @param without operators that the runtime does not support
 */
record RunnerDescription(
        String runtime,
        List<String> command,
        List<String> probe,
        List<String> files,
        String install,
        List<String> without) {

    /** Copies the lists. */
    RunnerDescription {
        command = List.copyOf(command);
        probe = List.copyOf(probe);
        files = List.copyOf(files);
        without = List.copyOf(without);
    }
}
