package io.catwalk.runner.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.process.ProcessOutput.CappedLog;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("tiny")
final class CappedLogTest {

    /** A full pipe of the other stream and the two buffers of its reader, 64 and twice 8 KiB. */
    private static final int READ_LATER = (64 + 8 + 8) << 10;

    @Test
    void keepsItsStartAndItsEnd(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("log.txt"), "before\n");
        try (CappedLog log = CappedLog.open(file, 12)) {
            log.take("12345".getBytes(UTF_8), 0, 5);
            for (int i = 0; i < 100_000; i++) {
                log.take("67".getBytes(UTF_8), 0, 2);
            }
            log.take("!end".getBytes(UTF_8), 1, 3);
        }
        assertThat(Files.readString(file))
                .startsWith("before\n12345\n[the log is limited to 12 bytes: 68931 bytes are left out here]\n")
                .endsWith("6767end")
                .hasSizeLessThan(200 + (1 << 17));
    }

    @Test
    void keepsTheLastWordsOfTheStreamThatIsReadFirst(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("log.txt");
        try (CappedLog log = CappedLog.open(file, 100)) {
            log.take(new byte[1_000], 0, 1_000);
            byte[] words = "the end\n".getBytes(UTF_8);
            log.take(words, 0, words.length);
            log.take(new byte[READ_LATER], 0, READ_LATER);
        }
        assertThat(Files.readString(file)).contains("the log is limited to 100 bytes", "the end\n");
    }
}
