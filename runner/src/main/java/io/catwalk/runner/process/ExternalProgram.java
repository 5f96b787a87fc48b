package io.catwalk.runner.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs a third-party program with limits: only the end of its output is kept, it sees few of our environment variables,
 * and it is killed with all the processes that it started when it takes too long and when this process ends.
 *
 * @param command the program and its arguments
 * @param folder working directory
 * @param environment variables in addition to those that every process gets
 */
public record ExternalProgram(List<String> command, Path folder, Map<String, String> environment) {

    /** How much of each stream is kept, in bytes. */
    private static final int MOST_KEPT = 1 << 16;

    /** How often the caller is told that the program still runs. */
    private static final Duration BEAT = Duration.ofMillis(500);

    /** A process that the program left behind may hold the pipes open for ever. */
    private static final long LAST_WORDS_MILLIS = 5_000;

    /** Copies the lists. */
    public ExternalProgram {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /**
     * Tells how a program ended.
     *
     * @param exitCode above 128 if a signal ended it
     * @param timedOut whether it was killed because it took too long
     * @param out the end of its standard output
     * @param err the end of its error output
     */
    public record Ending(int exitCode, boolean timedOut, String out, String err) {}

    /**
     * Runs the program to its end, with empty input.
     *
     * @param timeout after this time it is killed
     * @param beat is called every half second
     * @return how it ended
     * @throws IOException if it cannot be started
     * @throws InterruptedException if the calling thread is interrupted; the program has then ended
     */
    public Ending run(Duration timeout, Runnable beat) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(unlimited()).directory(folder.toFile());
        ChildEnvironment.keepOnlyWhatIsNeeded(builder.environment());
        builder.environment().putAll(environment);
        Process process = builder.start();
        Thread end = new Thread(() -> kill(process), "end-external-program");
        Runtime.getRuntime().addShutdownHook(end);
        try {
            process.getOutputStream().close();
            Tail out = Tail.of(process.getInputStream());
            Tail err = Tail.of(process.getErrorStream());
            boolean over = false;
            for (long left = timeout.toMillis(); !over && left > 0; left -= BEAT.toMillis()) {
                over = process.waitFor(BEAT.toMillis(), TimeUnit.MILLISECONDS);
                beat.run();
            }
            kill(process);
            int exitCode = process.waitFor();
            return new Ending(exitCode, !over, out.text(), err.text());
        } finally {
            kill(process);
            try {
                Runtime.getRuntime().removeShutdownHook(end);
            } catch (IllegalStateException e) {
                Thread.currentThread().interrupt(); // this process is ending: the caller must not start another program
            }
        }
    }

    /** Removes the memory limit that our own process may have: a browser reserves more than that. */
    private List<String> unlimited() {
        if (!Files.isExecutable(Path.of("/bin/sh"))) {
            return command;
        }
        List<String> line =
                new ArrayList<>(List.of("/bin/sh", "-c", "ulimit -S -v unlimited 2>/dev/null; exec \"$@\"", "sh"));
        line.addAll(command);
        return line;
    }

    /**
     * Kills through the handle, since {@link Process#destroyForcibly} would also close the pipe that the reader reads.
     */
    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.toHandle().destroyForcibly();
    }

    /** Reads a stream to its end, and keeps only the last part. */
    private static final class Tail {

        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private final Thread reader;

        private Tail(InputStream stream) {
            reader = new Thread(() -> read(stream), "external-program-output");
            reader.setDaemon(true);
        }

        static Tail of(InputStream stream) {
            Tail tail = new Tail(stream);
            tail.reader.start();
            return tail;
        }

        private void read(InputStream stream) {
            byte[] bytes = new byte[1 << 13];
            try (stream) {
                for (int count = stream.read(bytes); count >= 0; count = stream.read(bytes)) {
                    keep(bytes, count);
                }
            } catch (IOException e) {
                keep(new byte[0], 0); // it was killed while it wrote; that is reported elsewhere
            }
        }

        private synchronized void keep(byte[] bytes, int count) {
            kept.write(bytes, 0, count);
            if (kept.size() > 2 * MOST_KEPT) {
                byte[] all = kept.toByteArray();
                kept.reset();
                kept.write(all, all.length - MOST_KEPT, MOST_KEPT);
            }
        }

        String text() throws InterruptedException {
            reader.join(LAST_WORDS_MILLIS);
            synchronized (this) {
                return kept.toString(StandardCharsets.UTF_8);
            }
        }
    }
}
