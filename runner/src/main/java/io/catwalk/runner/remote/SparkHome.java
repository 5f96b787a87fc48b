package io.catwalk.runner.remote;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The installation of Apache Spark on this machine.
 *
 * @param path value of {@code SPARK_HOME}
 */
public record SparkHome(Path path) {

    private static final Pattern CORE = Pattern.compile("spark-core_[0-9.]+-([0-9]+)\\.([0-9.]+.*)\\.jar");
    private static final Pattern STANDALONE = Pattern.compile("spark://([^:,/]+):([0-9]{1,5})(,.*)?");
    private static final int VERSION = 4;
    private static final int PATIENCE_MILLIS = 5_000;

    /**
     * Finds Spark.
     *
     * @param named value of {@code SPARK_HOME}; null if it is not set
     * @return an installation whose version is supported
     * @throws RequestException if there is none
     */
    static SparkHome find(@Nullable String named) {
        String expected = "--on needs Apache Spark " + VERSION + " on this machine, but ";
        String advice = ": unpack it from https://spark.apache.org/downloads.html and set SPARK_HOME to its folder";
        if (named == null || named.isBlank()) {
            throw new RequestException(expected + "SPARK_HOME is not set" + advice);
        }
        SparkHome home = new SparkHome(Path.of(named));
        String version = home.version();
        if (version == null || !Files.isExecutable(home.submit())) {
            throw new RequestException(expected + "SPARK_HOME, " + named + ", has no "
                    + (version == null ? "jars/spark-core_*.jar" : "bin/spark-submit") + advice);
        }
        if (!version.startsWith(VERSION + ".")) {
            throw new RequestException(expected + "SPARK_HOME, " + named + ", has version " + version + advice);
        }
        return home;
    }

    private @Nullable String version() {
        if (!Files.isDirectory(path.resolve("jars"))) {
            return null;
        }
        try (Stream<Path> jars = Files.list(path.resolve("jars"))) {
            return jars.map(jar -> CORE.matcher(String.valueOf(jar.getFileName())))
                    .filter(Matcher::matches)
                    .map(jar -> jar.group(1) + "." + jar.group(2))
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            return null;
        }
    }

    Path submit() {
        return path.resolve("bin/spark-submit");
    }

    /**
     * Refuses a standalone master that does not answer: Spark itself would try for a minute.
     *
     * @param master address as for {@code spark-submit}
     * @throws RequestException if none of its machines answers
     */
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
        throw new RequestException("expected a Spark master, but nobody answers at " + String.join(" or ", reasons)
                + ": is it running, and is the address the one that its log and page show?");
    }
}
