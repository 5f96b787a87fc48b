package io.catwalk.runner.runtimes;

import java.util.List;

/**
 * Describes a short program that prints label and probability of images, as a user of the runtime would write it. It reads
 * {@code model.onnx} and {@code samples/*.png} of the folder that its own folder lies in.
 *
 * @param files the program and what its packages are named in, relative to the folder of the runner
 * @param install a command that fetches what the program needs, from the folder above that of the program
 * @param run a command that runs the program, from the same place
 */
public record Example(List<String> files, String install, String run) {

    /** Copies the list. */
    public Example {
        files = List.copyOf(files);
    }
}
