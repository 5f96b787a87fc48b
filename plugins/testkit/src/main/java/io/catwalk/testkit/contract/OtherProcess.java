package io.catwalk.testkit.contract;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Builds the network of a plugin in a separate JVM. */
final class OtherProcess {

    private static final int PAUSE_MILLIS = 50;

    /** System properties about the engine and its libraries, which are passed on to the other JVM. */
    private static final Pattern PASSED_ON =
            Pattern.compile("java\\.io\\.tmpdir|ai\\.djl\\..*|DJL_CACHE_DIR|ENGINE_CACHE_DIR|OPT_OUT_TRACKING");

    private OtherProcess() {}

    /** Returns the fingerprint of the network that the other process builds. */
    static Fingerprint fingerprint(Subject subject) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true"));
        for (String name : new TreeSet<>(System.getProperties().stringPropertyNames())) {
            if (PASSED_ON.matcher(name).matches()) {
                command.add("-D" + name + "=" + System.getProperty(name));
            }
        }
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                Fingerprint.class.getName(),
                subject.jar().toString(),
                subject.className()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        // A thread that is abandoned is interrupted, but a read from a pipe ignores that.
        Thread checking = Thread.currentThread();
        Thread watch = new Thread(() -> await(process, checking), "other-process");
        watch.setDaemon(true);
        watch.start();
        try (InputStream out = process.getInputStream()) {
            String said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            String line = said.lines()
                    .filter(each -> each.startsWith(Fingerprint.FOUND) || each.startsWith(Fingerprint.FAILURE))
                    .findFirst()
                    .orElse(Fingerprint.FAILURE + "ended with exit code " + process.waitFor());
            BrokenPromise.unless(
                    line.startsWith(Fingerprint.FOUND), "in another process: " + line.replace(Fingerprint.FAILURE, ""));
            return Fingerprint.parse(line.substring(Fingerprint.FOUND.length()));
        } finally {
            process.destroyForcibly();
        }
    }

    /** Ends a process when the thread that reads from it is interrupted or has ended. */
    private static void await(Process process, Thread reader) {
        try {
            while (!process.waitFor(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                if (reader.isInterrupted() || !reader.isAlive()) {
                    process.destroyForcibly();
                    return;
                }
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
        }
    }

    /** Ends this process when the process that started it ends. */
    static void endWithParent(InputStream parent) {
        Thread watch = new Thread(
                () -> {
                    try {
                        while (parent.read() >= 0) {
                            Thread.onSpinWait();
                        }
                    } catch (IOException e) {
                        // The parent has ended as well.
                    }
                    Runtime.getRuntime().halt(1);
                },
                "end-with-parent");
        watch.setDaemon(true);
        watch.start();
    }
}
