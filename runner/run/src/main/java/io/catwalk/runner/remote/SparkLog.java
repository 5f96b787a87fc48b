package io.catwalk.runner.remote;

import io.catwalk.runner.Reasons;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds in the log of a Spark application why it ended, and what became of its executors. */
record SparkLog(Path file) {

    private static final Logger LOG = LoggerFactory.getLogger(SparkLog.class);

    /** The JVM prints this before it ends for that reason. */
    private static final String OUT_OF_MEMORY = "Terminating due to java.lang.OutOfMemoryError";

    private static final int REMEMBERED_LINES = 200;

    /** What a standalone master says when ten executors have failed and none runs. */
    private static final Pattern KILLED = Pattern.compile("Application has been killed\\. Reason: (.*)");

    private static final Pattern EXECUTOR =
            Pattern.compile("Executor (?:added: (\\S+) on \\S+ \\((\\S+)\\)|updated: (\\S+) is now [A-Z]+ \\((.+)\\))");

    /** Returns the line that gives the reason; the lines below it only name places in the code. */
    String lastWords() {
        List<String> lines = lines();
        for (String line : lines) {
            Matcher killed = KILLED.matcher(line);
            if (killed.find()) {
                return Reasons.oneLine(killed.group(1)) + failedExecutor(lines);
            }
        }
        return lines.stream()
                .skip(Math.max(0, lines.size() - REMEMBERED_LINES))
                .filter(line -> line.contains("ERROR") || line.contains("Exception") || line.startsWith(OUT_OF_MEMORY))
                .reduce((one, next) -> next)
                .map(line -> Reasons.oneLine(line)
                        + (line.startsWith(OUT_OF_MEMORY)
                                ? ": give the driver more memory, with spark.driver.memory in spark-defaults.conf"
                                : ""))
                .orElse("it ended by itself");
    }

    /** Returns what the worker of the last executor that ended says about it; empty if none has. */
    String failedExecutor() {
        return failedExecutor(lines());
    }

    private static String failedExecutor(List<String> lines) {
        Map<String, String> workers = new HashMap<>();
        String failed = "";
        for (String line : lines) {
            Matcher executor = EXECUTOR.matcher(line);
            if (executor.find()) {
                if (executor.group(1) != null) {
                    workers.put(executor.group(1), executor.group(2));
                } else {
                    failed = "; the last executor, on " + workers.getOrDefault(executor.group(3), "a worker") + ": "
                            + Reasons.oneLine(executor.group(4));
                }
            }
        }
        return failed;
    }

    private List<String> lines() {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            LOG.info("The log of Spark cannot be read", e);
            return List.of();
        }
    }
}
