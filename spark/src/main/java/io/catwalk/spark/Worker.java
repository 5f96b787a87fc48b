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
 * Process {@code catwalk work -} on a worker. It runs one order after the other, is kept for the next task of this
 * executor, and ends with the executor.
 */
final class Worker {

    private static final int GRACE_SECONDS = 10;
    private static final String ENDED = "ended ";

    /** Workers that wait for an order; at most as many as this executor ever had tasks at once. */
    private static final Deque<Worker> IDLE = new ConcurrentLinkedDeque<>();

    private final Process process;

    /** Reads the standard error of the process, whose last line says why it ended. */
    private final Thread errors;

    private volatile String lastError = "";

    /** Lines that the process prints; empty at the end of its output. */
    private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();

    /** Receives the lines that a process prints. */
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

    /**
     * Runs an order.
     *
     * @param program to start if no worker is idle
     * @param order file with the order
     * @param delivery file that the result is written to
     * @param listener receives a line for each epoch
     * @return what the process says about the order, in one line
     * @throws IOException if the process ends before
     * @throws InterruptedException if Spark cancels the job
     */
    static String carryOut(Path program, Path order, Path delivery, Listener listener)
            throws IOException, InterruptedException {
        Worker worker = IDLE.poll();
        while (worker != null && !worker.process.isAlive()) {
            worker.close();
            worker = IDLE.poll();
        }
        worker = worker == null ? new Worker(program) : worker;
        String said = null;
        try {
            said = worker.answer(order + "\t" + delivery + "\n", listener);
            return said;
        } finally {
            if (said == null) {
                worker.close(); // it may be at work
            } else {
                IDLE.push(worker);
            }
        }
    }

    private String answer(String request, Listener listener) throws IOException, InterruptedException {
        try {
            OutputStream in = process.getOutputStream();
            in.write(request.getBytes(StandardCharsets.UTF_8));
            in.flush();
        } catch (IOException gone) {
            // If it has not ended yet: its error output says more than a broken pipe. Process.destroy() would close
            // that output.
            process.toHandle().destroy();
        }
        for (Optional<String> line = lines.take(); line.isPresent(); line = lines.take()) {
            if (line.get().startsWith(ENDED)) {
                return line.get().substring(line.get().indexOf(' ', ENDED.length()) + 1);
            }
            listener.heard(line.get());
        }
        int code = process.waitFor();
        errors.join(TimeUnit.SECONDS.toMillis(GRACE_SECONDS)); // takes longer only if another process writes there, too
        throw new IOException(
                "catwalk work ended with exit code " + code + (lastError.isEmpty() ? "" : ": " + lastError));
    }

    /** Closes the input of the process, which then ends its own process, too. */
    private void close() {
        boolean interrupted = Thread.interrupted();
        try {
            try {
                process.getOutputStream().close();
            } catch (IOException gone) {
                // It has ended without reading all of its input.
            }
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
