package io.catwalk.runner.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.process.ProcessOutput.CappedLog;
import io.catwalk.runner.process.ProcessOutput.MessageReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("tiny")
final class MessageReaderTest {

    @TempDir
    private Path folder;

    @Test
    void linesWithTheMarkAreMessagesHoweverTheBytesArrive() throws Exception {
        byte[] text = "\n#m one\nno #m mark\n#\n\n#mx\n\n#m two é\n#m unfinished".getBytes(UTF_8);
        for (int piece = 1; piece < text.length; piece++) {
            List<String> messages = new ArrayList<>();
            Path file = folder.resolve(piece + ".txt");
            try (CappedLog log = CappedLog.open(file, 10_000_000)) {
                MessageReader reader = new MessageReader("#m ", log, messages::add);
                for (int from = 0; from < text.length; from += piece) {
                    byte[] next = Arrays.copyOfRange(text, from, Math.min(text.length, from + piece));
                    reader.take(next, 0, next.length);
                }
            }
            assertThat(messages).containsExactly("one", "two é");
            assertThat(file).hasContent("no #m mark\n#\n\n#mx\n");
        }
    }

    @Test
    void aMessageAbove32MegabytesIsDropped() throws Exception {
        List<String> messages = new ArrayList<>();
        byte[] piece = "x".repeat(1 << 20).getBytes(UTF_8);
        try (CappedLog log = CappedLog.open(folder.resolve("log.txt"), 10)) {
            MessageReader reader = new MessageReader("#", log, messages::add);
            reader.take("#".getBytes(UTF_8), 0, 1);
            for (int i = 0; i < 33; i++) {
                reader.take(piece, 0, piece.length);
            }
            reader.take("\n#next\n".getBytes(UTF_8), 0, 7);
        }
        assertThat(messages).containsExactly("next");
    }
}
