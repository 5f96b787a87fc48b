package io.catwalk.runner.remote;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.process.ChildProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Spark application whose driver and executors only pass on messages.
 *
 * @param home installation of Spark on this machine
 * @param master address as for {@code spark-submit}, such as {@code spark://host:7077}
 * @param program installation of Catwalk on this machine, with {@code bin}, {@code lib}, {@code data} and
 *     {@code spark}
 * @param onWorkers installation of Catwalk on each worker; null makes Spark copy it there
 * @param threads of each trial; each trial requests as many cores
 */
record SparkApplication(
        Path home, String master, Path program, @Nullable Path onWorkers, Path log, int threads) {

    private static final String SUBMIT = "bin/spark-submit";
    private static final Pattern CORE = Pattern.compile("spark-core_[0-9.]+-([0-9]+)\\.([0-9.]+.*)\\.jar");
    private static final Pattern STANDALONE = Pattern.compile("spark://([^:,/]+):([0-9]{1,5})(,.*)?");
    private static final int VERSION = 4;
    private static final int PATIENCE_MILLIS = 5_000;

    /** With the first compiler they start in less than half of the CPU time. */
    private static final String FIRST_COMPILER = "-XX:TieredStopAtLevel=1";

    /** If memory runs out, a thread of Spark ends, and the driver would wait for an outcome for ever. */
    private static final String END_OUT_OF_MEMORY = "-XX:+ExitOnOutOfMemoryError -XX:+DisplayVMOutputToStderr";

    private static final String UNPACKED = "catwalk";

    static Path find(@Nullable String named) {
        String expected = "--on needs Apache Spark " + VERSION + " on this machine, but ";
        String advice = ": unpack it from https://spark.apache.org/downloads.html and set SPARK_HOME to its folder";
        if (named == null || named.isBlank()) {
            throw new RequestException(expected + "SPARK_HOME is not set" + advice);
        }
        Path home = Path.of(named);
        String version = version(home.resolve("jars"));
        if (version == null || !Files.isExecutable(home.resolve(SUBMIT))) {
            throw new RequestException(expected + "SPARK_HOME, " + named + ", has no "
                    + (version == null ? "jars/spark-core_*.jar" : SUBMIT) + advice);
        }
        if (!version.startsWith(VERSION + ".")) {
            throw new RequestException(expected + "SPARK_HOME, " + named + ", has version " + version + advice);
        }
        return home;
    }

    private static @Nullable String version(Path folder) {
        if (!Files.isDirectory(folder)) {
            return null;
        }
        try (Stream<Path> jars = Files.list(folder)) {
            return jars.map(jar -> CORE.matcher(String.valueOf(jar.getFileName())))
                    .filter(Matcher::matches)
                    .map(jar -> jar.group(1) + "." + jar.group(2))
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            return null;
        }
    }

    /** Refuses a standalone master that does not answer: Spark itself would try for a minute. */
    static void requireMaster(String master) {
        if (!master.startsWith("spark://")) {
            return;
        }
        List<String> reasons = new ArrayList<>();
        for (String one : master.substring("spark://".length()).split(",", -1)) {
            Matcher address = STANDALONE.matcher("spark://" + one);
            if (!address.matches()) {
                throw new RequestException(
                        "expected a master such as spark://host:7077, but found " + Reasons.quoted(master));
            }
            try (Socket socket = new Socket()) {
                socket.connect(
                        new InetSocketAddress(address.group(1), Integer.parseInt(address.group(2))), PATIENCE_MILLIS);
                return;
            } catch (IOException | IllegalArgumentException e) {
                reasons.add(one + " (" + Reasons.of(e) + ")");
            }
        }
        throw new RequestException("expected a Spark master, but none answers at " + String.join(" or ", reasons)
                + ": is it running, and is the address the one that its log and page show?");
    }

    Process start(Path archive, int slots) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                home.resolve(SUBMIT).toString(),
                "--master",
                master,
                "--name",
                "catwalk",
                "--class",
                "io.catwalk.spark.Gateway"));
        Map<String, String> conf = Map.of(
                "spark.plugins", "io.catwalk.spark.Channel",
                "spark.task.cpus", Integer.toString(threads),
                // This program decides whether and how often a trial is tried again, not Spark.
                "spark.task.maxFailures", "1",
                "spark.speculation", "false",
                // All executors would be told to forget each trial; they do so when they need its few kilobytes.
                "spark.cleaner.referenceTracking", "false",
                "spark.driver.defaultJavaOptions", FIRST_COMPILER + " " + END_OUT_OF_MEMORY,
                "spark.executor.defaultJavaOptions", FIRST_COMPILER,
                "spark.log.level", "WARN");
        conf.forEach((key, value) -> command.addAll(List.of("--conf", key + "=" + value)));
        if (onWorkers == null) {
            pack(archive);
            command.addAll(List.of("--archives", archive + "#" + UNPACKED));
        }
        command.add(gateway().toString());
        command.add(onWorkers == null ? UNPACKED : onWorkers.toString());
        command.add(Integer.toString(slots));
        String address = "SPARK_LOCAL_IP";
        // Where its executors are here, nobody else needs its ports.
        boolean alone = master.startsWith("local") && System.getenv(address) == null;
        return ChildProcess.program(command)
                .withAllVariables()
                .with(alone ? Map.of(address, "127.0.0.1") : Map.of())
                .start(log);
    }

    /** Packs the parts of the program that a worker needs: neither documents nor plugins, which come with the orders. */
    private void pack(Path archive) throws IOException {
        new ZipArchive()
                .addAll("bin", program.resolve("bin"))
                .addAll("lib", program.resolve("lib"))
                .addAll("data", program.resolve("data"))
                .leaveOut("lib/catwalk.jsa") // of no use in another folder
                .write(archive);
    }

    private Path gateway() throws IOException {
        Path folder = program.resolve("spark");
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                Optional<Path> jar =
                        files.filter(file -> file.toString().endsWith(".jar")).findFirst();
                if (jar.isPresent()) {
                    return jar.get();
                }
            }
        }
        throw new RequestException("expected the part of Catwalk that runs in Spark in " + folder
                + ", found no jar there: install Catwalk again");
    }
}
