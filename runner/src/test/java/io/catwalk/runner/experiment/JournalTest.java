package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.runner.RequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
final class JournalTest {

    private static final String FIRST = "{\"trial\":\"trials/gru@wide/3-2\",\"key\":\"ab12\",\"status\":\"failed\"}\n";
    private static final String SECOND = "{\"trial\":\"trials/lstm/3-2\",\"key\":\"cd34\",\"status\":\"done\"}\n";

    @TempDir
    private Path folder;

    @Test
    void itGrowsByALine() throws IOException {
        Journal journal = new Journal(folder.resolve("journal.jsonl"));

        journal.append(new Journal.Entry("trials/gru@wide/3-2", "ab12", "failed"));
        journal.append(new Journal.Entry("trials/lstm/3-2", "cd34", "done"));

        assertThat(journal.path()).content().isEqualTo(FIRST + SECOND);
        assertThat(journal.readAndRepair().entries())
                .containsExactly(
                        new Journal.Entry("trials/gru@wide/3-2", "ab12", "failed"),
                        new Journal.Entry("trials/lstm/3-2", "cd34", "done"));
    }

    @Test
    void aRunWithoutOneHasFinishedNothing() throws IOException {
        Journal.Content content = new Journal(folder.resolve("journal.jsonl")).readAndRepair();

        assertThat(content.entries()).isEmpty();
        assertThat(content.repaired()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 57, 58})
    void aTornLastLineIsCutOff(int written) throws IOException {
        Path file = folder.resolve("journal.jsonl");
        Files.writeString(file, FIRST + SECOND.substring(0, Math.min(written, SECOND.length() - 1)));

        Journal.Content content = new Journal(file).readAndRepair();

        assertThat(content.repaired()).isTrue();
        assertThat(content.entries()).hasSize(1);
        assertThat(file).content().isEqualTo(FIRST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"hello\n", "{}\n", "\n", "{\"trial\":\"a\",\"key\":\"b\",\"status\":\"done\",\"x\":1}\n", "[1]\n"
            })
    void aForeignLineIsRefusedAndLeftAlone(String foreign) throws IOException {
        Path file = folder.resolve("journal.jsonl");
        String torn = FIRST + foreign + SECOND + "{\"tri";
        Files.writeString(file, torn);

        assertThatThrownBy(() -> new Journal(file).readAndRepair())
                .isInstanceOf(RequestException.class)
                .hasMessageStartingWith("expected a finished trial on each line of " + file + ", but line 2 is '")
                .hasMessageEndingWith("': the run is left as it is; start it anew with another --out");
        assertThat(file).content().isEqualTo(torn);
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "needs /dev/full")
    void aFullDiskIsNamed() throws IOException {
        Path file = Files.createSymbolicLink(folder.resolve("journal.jsonl"), Path.of("/dev/full"));

        assertThatThrownBy(() -> new Journal(file).append(new Journal.Entry("trials/gru/1-0", "ab12", "done")))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot write " + file + ": No space left on device");
        Files.delete(file);
    }
}
