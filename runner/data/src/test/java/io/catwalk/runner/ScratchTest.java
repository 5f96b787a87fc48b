package io.catwalk.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("tiny")
final class ScratchTest {

    @TempDir
    private Path folder;

    /** The program sets the property after its start (PrivateFolder). */
    @Test
    void temporaryFilesAreWhereThePropertySaysNow() {
        String before = System.getProperty("java.io.tmpdir");
        System.setProperty("java.io.tmpdir", folder.toString());
        try (Scratch scratch = new Scratch()) {
            assertThat(scratch.folder()).isDirectory().hasParent(folder);
        } finally {
            System.setProperty("java.io.tmpdir", before);
        }
        assertThat(folder).isEmptyDirectory();
    }
}
