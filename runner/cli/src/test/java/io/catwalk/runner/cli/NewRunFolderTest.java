package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.runner.RequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("tiny")
final class NewRunFolderTest {

    private static final LocalDateTime NOW = LocalDateTime.of(2026, 11, 25, 1, 2, 3);

    @TempDir
    private Path folder;

    @Test
    void commandsInTheSameSecondGetFoldersOfTheirOwn() {
        Path runs = folder.resolve("runs");

        assertThat(IntStream.range(0, 20).parallel().mapToObj(i -> RunLauncher.newFolder(runs, "train", NOW)))
                .doesNotHaveDuplicates()
                .contains(runs.resolve("train-20261125-010203"), runs.resolve("train-20261125-010203-20"))
                .allMatch(Files::isDirectory);
    }

    @Test
    void aPlaceThatCannotHoldOneIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("runs"), "");

        assertThatThrownBy(() -> RunLauncher.newFolder(file, "train", NOW))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("--out");
    }
}
