package io.catwalk.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("tiny")
final class ScratchTest {

    private static final String PROPERTY = "java.io.tmpdir";

    private final String before = System.getProperty(PROPERTY);

    @TempDir
    private Path folder;

    @BeforeEach
    void setTheFolder() {
        System.setProperty(PROPERTY, folder.toString());
    }

    @AfterEach
    void resetTheFolder() {
        System.setProperty(PROPERTY, before);
    }

    /** The program sets the property after its start (PrivateFolder). */
    @Test
    void temporaryFilesAreWhereThePropertySaysNow() {
        try (Scratch scratch = new Scratch()) {
            assertThat(scratch.folder()).isDirectory().hasParent(folder);
        }
        assertThat(folder).isEmptyDirectory();
    }
}
