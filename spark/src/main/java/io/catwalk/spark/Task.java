package io.catwalk.spark;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.SparkFiles;
import org.jspecify.annotations.Nullable;

/**
 * Runs one order on a worker.
 *
 * @param id its file where the driver runs
 * @param home folder of the program, relative to where Spark unpacks archives
 * @param order its text
 * @param supplies names of the files that it needs
 */
record Task(String id, String home, String order, List<String> supplies) implements Serializable {

    /** The result that the program wrote, or why there is none. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Came(byte @Nullable [] delivery, String reason) implements Serializable {}

    Came run() throws InterruptedException {
        String place = "a machine without a name"; // it can train all the same
        try {
            place = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // as above
        }
        try {
            Channel.send(Gateway.line(id, "started", place));
            // In the folder of the executor, which is deleted with those of the application, however the executor ends.
            Path folder = Files.createTempDirectory(
                    Path.of(SparkFiles.getRootDirectory()).toAbsolutePath(), "catwalk-order");
            try {
                Path delivery = folder.resolve("outcome.zip");
                String said = carriedOut(folder, delivery);
                return new Came(Files.exists(delivery) ? Files.readAllBytes(delivery) : null, place + ": " + said);
            } finally {
                delete(folder);
            }
        } catch (IOException | UncheckedIOException e) {
            return new Came(null, place + ": " + e.getMessage());
        }
    }

    private String carriedOut(Path folder, Path delivery) throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("order.json"), order);
        Path beside = Files.createDirectory(folder.resolve(Gateway.SUPPLIES));
        for (String name : supplies) {
            Files.createSymbolicLink(beside.resolve(name), Path.of(SparkFiles.get(name)));
        }
        Path program = Path.of(SparkFiles.getRootDirectory())
                .resolve(home)
                .resolve("bin/catwalk")
                .toAbsolutePath();
        if (!Files.isRegularFile(program)) {
            throw new IOException("there is no program " + program);
        }
        return Worker.carryOut(program, file, delivery, line -> Channel.send(Gateway.line(id, "news", line)));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
