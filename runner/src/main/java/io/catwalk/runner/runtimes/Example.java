package io.catwalk.runner.runtimes;

import java.util.List;

/**
 * A short program that prints label and probability of images, as a user of the runtime would write it. It reads
 * {@code model.onnx} and {@code samples/*.png} of the parent of its folder.
 *
 * @param files the program and the list of its packages, relative to the folder of the runner
 * @param install a command that installs what the program needs, run in the parent of its folder
 * @param run a command that runs the program, run in the same folder
 */
public record Example(List<String> files, String install, String run) {

    /** Copies the list. */
    public Example {
        files = List.copyOf(files);
    }
}
