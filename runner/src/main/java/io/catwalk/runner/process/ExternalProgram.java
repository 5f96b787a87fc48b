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
 * Runs a program that is not ours, and bounds what it can do to us: of what it prints the end is kept, it sees few of our
 * environment variables, and it is killed with all that it started when it takes too long and when we end.
 *
 * @param command the program and its arguments
 * @param folder that it runs in
 * @param environment variables beside those that every process gets
 */
public record ExternalProgram(List<String> command, Path folder, Map<String, String> environment) {

    /** What is kept of each stream, in bytes. */
    private static final int MOST_KEPT = 1 << 16;

    /** How often whoever waits is told that it goes on. */
    private static final Duration BEAT = Duration.ofMillis(500);

    /** A process that it left behind may hold the pipes open for ever. */
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
     * @param timedOut whether it was killed since it took too long
     * @param out the end of what it printed
     * @param err the end of what it printed as errors
     */
    public record Ending(int exitCode, boolean timedOut, String out, String err) {}

    /**
     * Runs it to its end, with nothing to read.
     *
     * @param timeout after which it is killed
     * @param beat is called every half second
     * @return how it ended
     * @throws IOException if it cannot be started
     * @throws InterruptedException if the calling thread is interrupted; the program is then over
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
                Thread.currentThread().interrupt(); // we are ending: whoever comes next shall not begin
            }
        }
    }

    /** Lifts the limit on memory that our own process may have: a browser reserves more than there is. */
    private List<String> unlimited() {
        if (!Files.isExecutable(Path.of("/bin/sh"))) {
            return command;
        }
        List<String> line =
                new ArrayList<>(List.of("/bin/sh", "-c", "ulimit -S -v unlimited 2>/dev/null; exec \"$@\"", "sh"));
        line.addAll(command);
        return line;
    }

    /** Kills by the handle, since {@link Process#destroyForcibly} would also close the pipe under the reader. */
    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.toHandle().destroyForcibly();
    }

    /** Reads a stream to its end, and keeps the end. */
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
                keep(new byte[0], 0); // it was killed while it wrote, which is told otherwise
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
