package io.catwalk.runner.cli;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.experiment.ExperimentFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends this process, and the processes that it has started, when its work is not wanted any more. */
final class ParentWatchdog {

    private static final Logger LOG = LoggerFactory.getLogger(ParentWatchdog.class);

    private static final String INPUT = "input";

    private ParentWatchdog() {}

    /** Watches the standard input, or how long ago the file was touched; null watches nothing. */
    static void hold(@Nullable String livesWith, @Nullable Path file) {
        if (livesWith == null) {
            return;
        }
        if (livesWith.equals(INPUT)) {
            watch(ParentWatchdog::untilInputEnds);
            return;
        }
        Duration lease = Duration.ofSeconds(ExperimentFile.seconds("--lives-with", livesWith));
        if (file == null) {
            throw new RequestException(
                    "--lives-with " + livesWith + " needs an order in a file: try --lives-with input");
        }
        watch(() -> untilUntouched(file, lease));
    }

    /** Passes on the lines of the standard input, and ends this process when the input ends. */
    static BlockingQueue<String> lines() {
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        watch(() -> {
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.add(line);
            }
        });
        return lines;
    }

    private interface Watch {

        void await() throws IOException, InterruptedException;
    }

    private static void watch(Watch watch) {
        Thread thread = new Thread(
                () -> {
                    try {
                        watch.await();
                    } catch (IOException e) {
                        LOG.warn("What the work lives with cannot be read", e);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        return;
                    }
                    System.exit(ExitCode.LOST);
                },
                "parent-watchdog");
        thread.setDaemon(true);
        thread.start();
    }

    private static void untilInputEnds() throws IOException {
        while (System.in.read() >= 0) {
            LOG.debug("The input goes on");
        }
    }

    /** An order whose file was deleted is withdrawn. */
    private static void untilUntouched(Path file, Duration lease) throws IOException, InterruptedException {
        while (Files.exists(file)
                && Files.getLastModifiedTime(file).toInstant().plus(lease).isAfter(Instant.now())) {
            Thread.sleep(Math.min(5_000, Math.max(100, lease.toMillis() / 10))); // a touched file notifies nobody
        }
    }
}
