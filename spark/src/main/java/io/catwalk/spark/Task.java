package io.catwalk.spark;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.SparkFiles;
import org.jspecify.annotations.Nullable;

/**
 * Carries one order out on a worker, in a process that ends with this one.
 *
 * @param id of the job
 * @param home folder of the program; relative to where Spark unpacks archives
 * @param order the text of the order
 * @param supplies names of the files that it needs
 */
@SuppressWarnings("ArrayRecordComponent") // compared with nothing
record Task(String id, String home, byte[] order, List<String> supplies) implements Serializable {

    private static final int REMEMBERED = 20;

    /**
     * Is what came of it.
     *
     * @param place name of the machine
     * @param delivery what the program handed back; null if it handed back nothing
     * @param reason why not
     */
    @SuppressWarnings("ArrayRecordComponent") // compared with nothing
    record Came(
            String place,
            byte @Nullable [] delivery,
            @Nullable String reason) implements Serializable {}

    Came run() throws InterruptedException {
        String place = "a machine without a name";
        try {
            place = InetAddress.getLocalHost().getHostName();
            Channel.send(new Channel.Message(id, place, null));
            Path folder = Files.createTempDirectory("catwalk-order");
            try {
                return carriedOut(folder, place);
            } finally {
                delete(folder);
            }
        } catch (IOException | UncheckedIOException e) {
            return new Came(place, null, String.valueOf(e.getMessage()));
        }
    }

    private Came carriedOut(Path folder, String place) throws IOException, InterruptedException {
        Path file = Files.write(folder.resolve("order.json"), order);
        Path beside = Files.createDirectory(folder.resolve(Gateway.SUPPLIES));
        for (String name : supplies) {
            Files.createSymbolicLink(beside.resolve(name), Path.of(SparkFiles.get(name)));
        }
        Path delivery = folder.resolve("outcome.zip");
        Path program = Path.of(SparkFiles.getRootDirectory())
                .resolve(home)
                .resolve("bin/catwalk")
                .toAbsolutePath();
        if (!Files.isRegularFile(program)) {
            return new Came(place, null, "there is no program " + program);
        }
        ProcessBuilder builder = new ProcessBuilder(
                "/bin/sh", // an archive that Spark unpacks keeps no permission to execute
                program.toString(),
                "work",
                file.toString(),
                "--out",
                delivery.toString(),
                "--json",
                "--lives-with",
                "input");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        // Options that Spark set for its own JVM are not meant for another.
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        File errors = folder.resolve("errors.txt").toFile();
        Process process = builder.redirectError(errors).start();
        Thread listening = listening(process, place);
        try {
            int exit = process.waitFor(); // Spark interrupts it to cancel the job
            listening.join();
            return Files.exists(delivery)
                    ? new Came(place, Files.readAllBytes(delivery), null)
                    : new Came(place, null, "catwalk work ended with exit code " + exit + lastLine(errors.toPath()));
        } finally {
            end(process);
        }
    }

    private Thread listening(Process process, String place) {
        Thread thread = new Thread(
                () -> {
                    try (BufferedReader out = new BufferedReader(
                            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                        for (String line = out.readLine(); line != null; line = out.readLine()) {
                            Channel.send(new Channel.Message(id, place, line));
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e); // the outcome comes another way
                    }
                },
                "catwalk-" + id);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static String lastLine(Path errors) throws IOException {
        try (Stream<String> lines = Files.lines(errors)) {
            return lines.limit(REMEMBERED)
                    .reduce((one, next) -> next)
                    .map(last -> ": " + last)
                    .orElse("");
        }
    }

    /** An end of the input lets it end its own process, too. */
    private static void end(Process process) throws IOException {
        process.getOutputStream().close();
        boolean interrupted = Thread.interrupted();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
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

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
