package io.catwalk.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WholeFolderTest {

    @TempDir
    private Path parent;

    private static void fill(Path folder) throws IOException {
        Files.writeString(folder.resolve("new"), "new");
    }

    private static void fail(Path folder) throws IOException {
        fill(folder);
        throw new IOException("the disk is full");
    }

    @Test
    void aFolderIsWrittenWhereNoneOrAnEmptyOneIs() throws IOException {
        Path deep = parent.resolve("a/b/folder");
        WholeFolder.write(deep, WholeFolderTest::fill);
        Path empty = Files.createDirectory(parent.resolve("empty"));
        WholeFolder.write(empty, WholeFolderTest::fill);

        assertThat(deep.resolve("new")).hasContent("new");
        assertThat(empty.resolve("new")).hasContent("new");
        assertThat(parent.toFile().list()).containsExactlyInAnyOrder("a", "empty");
        assertThat(parent.resolve("a/b").toFile().list()).containsExactly("folder");
    }

    @Test
    void whatIsThereIsReplacedAsAWholeAndNeverWrittenOver() throws IOException {
        Path folder = Files.createDirectory(parent.resolve("folder"));
        Files.writeString(folder.resolve("old"), "old");
        assertThatExceptionOfType(DirectoryNotEmptyException.class)
                .isThrownBy(() -> WholeFolder.write(folder, WholeFolderTest::fill));
        assertThat(folder.toFile().list()).containsExactly("old");
        assertThat(parent.toFile().list()).containsExactly("folder");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> WholeFolder.replace(folder, WholeFolderTest::fail))
                .withMessage("the disk is full");
        assertThat(folder.toFile().list()).containsExactly("old");

        WholeFolder.replace(folder, WholeFolderTest::fill);
        assertThat(folder.toFile().list()).containsExactly("new");
        WholeFolder.replace(parent.resolve("other"), WholeFolderTest::fill);
        assertThat(parent.resolve("other/new")).hasContent("new");
        assertThat(parent.toFile().list()).containsExactlyInAnyOrder("folder", "other");
    }
}
