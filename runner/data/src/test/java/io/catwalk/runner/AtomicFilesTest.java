package io.catwalk.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AtomicFilesTest {

    private static final int WRITES = 100;
    private static final int BYTES = 100_000;

    @TempDir
    private Path folder;

    static final class Writer {

        public static void main(String[] arguments) throws IOException {
            write(Path.of(arguments[0]), Byte.parseByte(arguments[1]));
        }

        static boolean write(Path file, byte value) throws IOException {
            byte[] content = new byte[BYTES];
            Arrays.fill(content, value);
            for (int i = 0; i < WRITES; i++) {
                AtomicFiles.write(file, content);
            }
            return true;
        }
    }

    @Test
    @Tag("tiny")
    void oneFileHasTheContentAndNoDraftIsLeft() throws IOException {
        Path file = folder.resolve("a.txt");
        AtomicFiles.write(file, "older and longer");
        AtomicFiles.write(file, "Bär");
        assertThat(file).hasContent("Bär");
        assertThat(folder.toFile().list()).containsExactly("a.txt");
    }

    /** Two threads and another process. */
    @Test
    void whoeverWritesAtOnceSucceedsAndOneWins() throws Exception {
        Path file = folder.resolve("a.bin");
        ExecutorService two = Executors.newFixedThreadPool(2);
        Process other = OtherJvm.start(List.of(), Writer.class, file.toString(), "3");
        try {
            List<Future<Boolean>> both = Stream.of(1, 2)
                    .map(value -> two.submit(() -> Writer.write(file, value.byteValue())))
                    .toList();
            while (other.isAlive() || !both.stream().allMatch(Future::isDone)) {
                assertWhole(file);
            }
            assertThat(other.waitFor()).isZero();
            assertThat(both.get(0).get() && both.get(1).get()).isTrue();
        } finally {
            two.shutdownNow();
            other.destroyForcibly();
        }
        assertWhole(file);
        assertThat(folder.toFile().list()).containsExactly("a.bin");
    }

    @Test
    @Tag("tiny")
    void whatFailsHalfWayLeavesTheOlderFileAndNoDraft() throws IOException {
        Path file = folder.resolve("a.txt");
        AtomicFiles.write(file, "older");

        assertThatThrownBy(() -> AtomicFiles.write(file, out -> {
                    out.write(new byte[BYTES]);
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot write " + file + ": No space left on device");

        assertThat(file).hasContent("older");
        assertThat(folder.toFile().list()).containsExactly("a.txt");
        Path nowhere = folder.resolve("nowhere/a.txt");
        assertThatThrownBy(() -> AtomicFiles.write(nowhere, "a"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot write " + nowhere + ": no such file or folder: ");
    }

    @Test
    @Tag("tiny")
    void anInterruptedThreadStillWritesWhatItHas() throws IOException {
        Path file = folder.resolve("a.txt");
        Thread.currentThread().interrupt();
        AtomicFiles.write(file, "how far it got");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(file).hasContent("how far it got");
    }

    @Test
    @Tag("tiny")
    void aDraftIsKnownByItsName() throws IOException {
        Path file = folder.resolve("results.json");
        List<String> during = new ArrayList<>();
        AtomicFiles.write(
                file,
                out -> Stream.of(Objects.requireNonNull(folder.toFile().list())).forEach(during::add));

        assertThat(during).hasSize(1);
        assertThat(AtomicFiles.target(during.get(0))).contains("results.json");
        assertThat(Stream.of("results.json.part", ".results.json.part", "results.json"))
                .allMatch(name -> AtomicFiles.target(name).isEmpty());
    }

    private static void assertWhole(Path file) throws IOException {
        if (!Files.exists(file)) {
            return; // before the first write has ended
        }
        byte[] content = Files.readAllBytes(file);
        byte[] whole = new byte[BYTES];
        Arrays.fill(whole, content[0]);
        assertThat(Arrays.equals(content, whole)).as("all of one writer").isTrue();
    }

    private static void fill(Path empty) throws IOException {
        Files.writeString(empty.resolve("new"), "new");
    }

    private static void fail(Path empty) throws IOException {
        fill(empty);
        throw new IOException("the disk is full");
    }

    @Test
    void aFolderIsWrittenWhereNoneOrAnEmptyOneIs() throws IOException {
        Path deep = folder.resolve("a/b/folder");
        AtomicFiles.writeFolder(deep, AtomicFilesTest::fill);
        Path empty = Files.createDirectory(folder.resolve("empty"));
        AtomicFiles.writeFolder(empty, AtomicFilesTest::fill);

        assertThat(deep.resolve("new")).hasContent("new");
        assertThat(empty.resolve("new")).hasContent("new");
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("a", "empty");
        assertThat(folder.resolve("a/b").toFile().list()).containsExactly("folder");
    }

    @Test
    void whatIsThereIsReplacedAsAWholeAndNeverWrittenOver() throws IOException {
        Path there = Files.createDirectory(folder.resolve("folder"));
        Files.writeString(there.resolve("old"), "old");
        assertThatExceptionOfType(DirectoryNotEmptyException.class)
                .isThrownBy(() -> AtomicFiles.writeFolder(there, AtomicFilesTest::fill));
        assertThat(there.toFile().list()).containsExactly("old");
        assertThat(folder.toFile().list()).containsExactly("folder");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> AtomicFiles.replaceFolder(there, AtomicFilesTest::fail))
                .withMessage("the disk is full");
        assertThat(there.toFile().list()).containsExactly("old");

        AtomicFiles.replaceFolder(there, AtomicFilesTest::fill);
        assertThat(there.toFile().list()).containsExactly("new");
        AtomicFiles.replaceFolder(folder.resolve("other"), AtomicFilesTest::fill);
        assertThat(folder.resolve("other/new")).hasContent("new");
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("folder", "other");
    }
}
