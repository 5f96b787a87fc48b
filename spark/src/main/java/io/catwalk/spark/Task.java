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
 * @param id id of the job
 * @param home folder of the program, relative to where Spark unpacks archives
 * @param order the text of the order
 * @param supplies names of the files that the order needs
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Task(String id, String home, byte[] order, List<String> supplies) implements Serializable {

    /**
     * Outcome of an order.
     *
     * @param place name of the machine
     * @param delivery the result that the program wrote; null if there is none
     * @param reason why there is no result; null if there is one
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Came(
            String place,
            byte @Nullable [] delivery,
            @Nullable String reason) implements Serializable {}

    Came run() throws InterruptedException {
        String place = machine();
        try {
            Channel.send(new Channel.Message(id, place, null));
            // In the folder of the executor, which is deleted with those of the application, however the executor ends.
            Path folder = Files.createTempDirectory(
                    Path.of(SparkFiles.getRootDirectory()).toAbsolutePath(), "catwalk-order");
            try {
                return carriedOut(folder, place);
            } finally {
                delete(folder);
            }
        } catch (IOException | UncheckedIOException e) {
            return new Came(place, null, String.valueOf(e.getMessage()));
        }
    }

    private static String machine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) { // it can train all the same
            return "a machine without a name";
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
        Worker worker = Worker.take(program);
        String said = null;
        try { // Spark interrupts this thread to cancel the job
            said = worker.carryOut(file, delivery, line -> Channel.send(new Channel.Message(id, place, line)));
        } finally {
            if (said == null) {
                worker.close();
            } else {
                worker.release();
            }
        }
        return Files.exists(delivery)
                ? new Came(place, Files.readAllBytes(delivery), null)
                : new Came(place, null, said);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
