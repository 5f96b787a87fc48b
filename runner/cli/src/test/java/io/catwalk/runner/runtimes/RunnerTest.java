package io.catwalk.runner.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Finds programs on a path, also on one as Windows has it. */
@Tag("tiny")
final class RunnerTest {

    @TempDir
    private Path folder;

    private Path program(String place, String name) throws IOException {
        Path file = Files.createDirectories(folder.resolve(place)).resolve(name);
        Files.writeString(file, "");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }

    private static String joined(Object... parts) {
        StringBuilder joined = new StringBuilder();
        for (Object part : parts) {
            joined.append(joined.isEmpty() ? "" : File.pathSeparator).append(part);
        }
        return joined.toString();
    }

    @Test
    void programsAreFoundInTheOrderOfThePath() throws IOException {
        Path later = program("later", "node");
        Path first = program("first", "node");
        String path = joined(folder.resolve("first"), folder.resolve("gone"), "", folder.resolve("later"));

        assertThat(Runner.programs("node", path, "")).containsExactly(first, later);
        assertThat(Runner.programs("python3", path, "")).isEmpty();
    }

    @Test
    void windowsHasEndingsAndQuotes() throws IOException {
        Path node = program("Program Files", "node.EXE");
        String path = joined("no\0folder", "\"" + folder.resolve("Program Files") + "\"");

        assertThat(Runner.programs("node", path, joined(".COM", ".EXE"))).containsExactly(node);
        assertThat(Runner.programs("node", path, "")).isEmpty();
    }
}
