package io.catwalk.runner.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

final class ProgramCopy {

    /** Folders to which users add files: plugins, and what a runtime needs. */
    private static final List<String> OWN = List.of("bin", "plugins", "runtimes");

    private ProgramCopy() {}

    static void make(Path program, Path copy) throws IOException {
        Files.createDirectory(copy);
        try (Stream<Path> parts = Files.list(program)) {
            for (Path part : parts.toList()) {
                Path to = copy.resolve(part.getFileName());
                if (OWN.contains(part.getFileName().toString())) {
                    copyTree(part, to);
                } else {
                    Files.createSymbolicLink(to, part);
                }
            }
        }
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }
}
