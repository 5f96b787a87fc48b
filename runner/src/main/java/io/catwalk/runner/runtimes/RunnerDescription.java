package io.catwalk.runner.runtimes;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Is what {@code runtime.json} in the folder of a runner says.
 *
 * @param runtime its name, for people
 * @param command a program on the path and its arguments, which are followed by the paths of the model, its signature,
 *     the images and the logits; it runs in the folder of the runner. {@code java} is the one that this program runs on
 * @param probe arguments with which the same program ends with 0 if what it needs is there; empty needs no look
 * @param files that must be there, relative to the folder
 * @param install what installs it, for people; {@code {folder}} stands for the folder of the runner
 * @param without operators that the runtime does not know
 * @param integers whether it shows the whole numbers that a file in 8 bits computes; null for yes
 */
record RunnerDescription(
        String runtime,
        List<String> command,
        List<String> probe,
        List<String> files,
        String install,
        List<String> without,
        @Nullable Boolean integers) {

    /** Copies the lists. */
    RunnerDescription {
        command = List.copyOf(command);
        probe = List.copyOf(probe);
        files = List.copyOf(files);
        without = List.copyOf(without);
    }
}
