package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.runner.RequestException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the lock with separate processes, since the system gives it to processes. */
final class RunLockTest {

    @TempDir
    private Path folder;

    private final List<Process> others = new ArrayList<>();

    /** Waits for a line, claims or locks a folder, prints the result, and keeps the lock until the end of its input. */
    static final class Other {

        public static void main(String[] arguments) throws IOException {
            PrintStream out = System.out;
            out.println("ready");
            System.in.read();
            Path run = Path.of(arguments[0]);
            try (RunLock lock = arguments[1].equals("claim")
                    ? RunFolder.claim(run, RunFolder.Existing.REFUSE)
                    : new RunFolder(run).lock(RunLock.Purpose.valueOf(arguments[1]))) {
                Files.createFile(lock.run().path().resolve("experiment.yaml"));
                out.println("has it");
                System.in.read();
                Files.delete(lock.run().path().resolve("experiment.yaml"));
            } catch (RequestException e) {
                out.println(e.getMessage());
            }
        }
    }

    @AfterEach
    void end() throws InterruptedException {
        for (Process other : others) {
            other.destroyForcibly().waitFor();
        }
    }

    @Test
    void ofTwoThatMakeOneFolderAtTheSameInstantOneIsRefused() throws IOException {
        Path run = folder.resolve("run");
        BufferedReader first = other(run, "claim");
        BufferedReader second = other(run, "claim");
        assertThat(first.readLine()).isEqualTo("ready");
        assertThat(second.readLine()).isEqualTo("ready");

        go(0);
        go(1);

        List<String> said = List.of(first.readLine(), second.readLine());
        assertThat(said).filteredOn(line -> line.equals("has it")).hasSize(1);
        assertThat(said)
                .filteredOn(line -> !line.equals("has it"))
                .singleElement()
                .asString()
                .matches(".*(process \\d+ trains in it|another process works on it): .*|--out must be new, .*");
        assertThat(run).isDirectoryContaining("glob:**/experiment.yaml");
    }

    @Test
    void whoWritesIsWaitedFor() throws IOException {
        hasLocked("WRITE");
        List<String> notes = new ArrayList<>();

        RunLock lock = RunLock.take(new RunFolder(folder), RunLock.Purpose.WRITE, Duration.ofMinutes(1), note -> {
            notes.add(note);
            assertThat(folder.resolve("experiment.yaml")).exists();
            go(0); // the other one ends
        });

        assertThat(folder.resolve("experiment.yaml")).doesNotExist();
        assertThat(notes)
                .singleElement()
                .asString()
                .contains(folder + ": process " + others.get(0).pid() + " writes into it");
        lock.close();
    }

    @Test
    void whoTrainsIsNotWaitedFor() throws IOException {
        hasLocked("TRAIN");

        assertThatThrownBy(() -> new RunFolder(folder).lockPatiently(note -> {
                    throw new AssertionError("waits");
                }))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("process " + others.get(0).pid() + " trains in it: " + folder.toAbsolutePath());
    }

    @Test
    void theLockOfAKilledProcessIsFree() throws IOException, InterruptedException {
        hasLocked("TRAIN");

        others.get(0).destroyForcibly().waitFor();

        new RunFolder(folder).lock(RunLock.Purpose.TRAIN).close();
    }

    @Test
    void aFolderThatCannotBeLockedIsNamed() throws IOException {
        Files.createDirectory(folder.resolve("lock"));

        assertThatThrownBy(() -> new RunFolder(folder).lock(RunLock.Purpose.WRITE))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining(folder + " cannot (Is a directory)");
    }

    private void hasLocked(String how) throws IOException {
        BufferedReader other = other(folder, how);
        assertThat(other.readLine()).isEqualTo("ready");
        go(0);
        assertThat(other.readLine()).isEqualTo("has it");
    }

    private BufferedReader other(Path run, String how) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Other.class.getName(),
                        run.toString(),
                        how)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        others.add(process);
        return process.inputReader(StandardCharsets.UTF_8);
    }

    private void go(int other) {
        try {
            others.get(other).getOutputStream().write('\n');
            others.get(other).getOutputStream().flush();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
