package io.catwalk.spark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Is a process {@code catwalk work -} on a worker. It carries out one order after the other, stays for the next task of
 * this executor, and ends with it.
 */
final class Worker implements AutoCloseable {

    private static final int GRACE_SECONDS = 10;
    private static final String ENDED = "ended ";

    /** Those that wait for an order; there are at most as many as tasks that this executor ever had at once. */
    private static final Deque<Worker> IDLE = new ConcurrentLinkedDeque<>();

    private final Process process;

    /** Reads its standard error, whose last line says why it ended. */
    private final Thread errors;

    private volatile String lastError = "";

    /** What it prints, a line each; at the end nothing. */
    private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();

    /** Is told what a process prints. */
    interface Listener {

        void heard(String line) throws IOException;
    }

    private Worker(Path program) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                "/bin/sh", // an archive that Spark unpacks keeps no permission to execute
                program.toString(),
                "work",
                "-",
                "--json");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        // Options that Spark set for its own JVM are not meant for another.
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        process = builder.start();
        start(() -> {
            eachLine(process.getInputStream(), line -> lines.add(Optional.of(line)));
            lines.add(Optional.empty());
        });
        errors = start(() -> eachLine(process.getErrorStream(), line -> lastError = line));
    }

    private static Thread start(Runnable reading) {
        Thread reader = new Thread(reading, "catwalk-work");
        reader.setDaemon(true);
        reader.start();
        return reader;
    }

    private static void eachLine(InputStream stream, Consumer<String> reader) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            in.lines().forEach(reader);
        } catch (IOException | UncheckedIOException e) {
            reader.accept("its output broke off: " + e.getMessage());
        }
    }

    /** Takes one that waits, or starts one. */
    static Worker take(Path program) throws IOException {
        for (Worker idle = IDLE.poll(); idle != null; idle = IDLE.poll()) {
            if (idle.process.isAlive()) {
                return idle;
            }
            idle.close();
        }
        return new Worker(program);
    }

    /** Lets it wait for the next order; to be called when it has answered. */
    void release() {
        IDLE.push(this);
    }

    /**
     * Carries an order out.
     *
     * @param order file
     * @param delivery where it goes what comes of it
     * @param listener is told of each epoch
     * @return what it says about it, in a line
     * @throws IOException if it ends before
     * @throws InterruptedException if the calling thread is interrupted; it is of no more use then
     */
    String carryOut(Path order, Path delivery, Listener listener) throws IOException, InterruptedException {
        try {
            OutputStream in = process.getOutputStream();
            in.write((order + "\t" + delivery + "\n").getBytes(StandardCharsets.UTF_8));
            in.flush();
        } catch (IOException gone) {
            process.destroy(); // if it has not ended yet; what it said tells more than a broken pipe
        }
        for (Optional<String> line = lines.take(); line.isPresent(); line = lines.take()) {
            if (line.get().startsWith(ENDED)) {
                return line.get().substring(line.get().indexOf(' ', ENDED.length()) + 1);
            }
            listener.heard(line.get());
        }
        int code = process.waitFor();
        errors.join(TimeUnit.SECONDS.toMillis(GRACE_SECONDS)); // longer only if another process writes there, too
        throw new IOException(
                "catwalk work ended with exit code " + code + (lastError.isEmpty() ? "" : ": " + lastError));
    }

    /** An end of the input lets it end its own process, too. */
    @Override
    public void close() throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            process.getOutputStream().close();
            if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            interrupted = true;
            process.destroyForcibly();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
