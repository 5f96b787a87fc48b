package io.catwalk.runner.trial;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.training.Epoch;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a trial in a fresh JVM, so that a plugin that crashes the native library, runs out of memory,
 * hangs or ends the process costs its own trial only.
 */
public final class TrialProcess implements TrialExecution {

    private static final Logger LOG = LoggerFactory.getLogger(TrialProcess.class);

    /** What a process left behind may hold the pipe open for ever. */
    private static final int LAST_EVENTS_SECONDS = 5;

    private final @Nullable Duration timeout;
    private final Set<Process> running = ConcurrentHashMap.newKeySet();
    private volatile boolean ending;

    /**
     * Creates an execution by processes, which end when this one does.
     *
     * @param timeout after which a process is killed; null lets it run
     */
    public TrialProcess(@Nullable Duration timeout) {
        this.timeout = timeout;
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "end-trials"));
    }

    @Override
    public TrialOutcome train(TrialOrder order, Consumer<Epoch> listener) throws IOException, InterruptedException {
        TrialFolder folder = new TrialFolder(order.folder());
        AtomicFiles.write(folder.order(), Json.JSON.writeValueAsString(order));
        List<String> verb = List.of(TrialMain.TRAIN, folder.order().toString());
        Ending ending = run(verb, order.spec().threads(), folder, event -> {
            if (event.epoch() != null) {
                listener.accept(event.epoch());
            }
        });
        if (ending.exitCode == 0 && Files.exists(folder.outcome())) {
            return folder.readOutcome();
        }
        return new TrialOutcome.Failed(order.spec(), ending.reason(folder, timeout));
    }

    /** Runs a verb of {@link TrialMain} in a process of its own, to its end. */
    Ending run(List<String> verb, int threads, TrialFolder folder, Consumer<TrialEvent> events)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command(verb, folder, threads))
                .redirectError(ProcessBuilder.Redirect.appendTo(folder.log().toFile()));
        builder.environment().putAll(EngineSettings.environment());
        Process process = builder.start();
        running.add(process);
        try {
            FutureTask<@Nullable String> failure = new FutureTask<>(() -> read(process, events));
            Thread reader = new Thread(failure, "trial-events");
            reader.setDaemon(true);
            reader.start();
            boolean timedOut = !ended(process);
            kill(process);
            Ending result = new Ending(process.waitFor(), last(failure), timedOut);
            if (ending || result.exitCode == Ending.INTERRUPTED) {
                // Whoever stops the program stops its trials with it, which says nothing about them.
                throw new InterruptedException("the program was stopped");
            }
            return result;
        } finally {
            kill(process);
            running.remove(process);
        }
    }

    private boolean ended(Process process) throws InterruptedException {
        if (timeout != null) {
            return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
        }
        process.waitFor();
        return true;
    }

    /** Passes the events on and returns the reason of a failure, if there was one. */
    private static @Nullable String read(Process process, Consumer<TrialEvent> events) throws IOException {
        String failure = null;
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                TrialEvent event = TrialEvent.parse(line).orElse(null);
                if (event != null) {
                    events.accept(event);
                    failure = event.failed() == null ? failure : event.failed();
                }
            }
        }
        return failure;
    }

    private static @Nullable String last(FutureTask<@Nullable String> failure) throws InterruptedException {
        try {
            return failure.get(LAST_EVENTS_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            LOG.info("Something that the trial started still holds its output", e);
            return null;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException) {
                LOG.info("The output of the trial broke off", e);
                return null;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private void end() {
        ending = true;
        running.forEach(TrialProcess::kill);
    }

    /** Kills by the handle, since {@link Process#destroyForcibly} would also close the pipe under the reader. */
    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.toHandle().destroyForcibly();
    }

    private static List<String> command(List<String> verb, TrialFolder folder, int threads) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-Djava.awt.headless=true", "-Dcatwalk.log=INFO"));
        // A crash of the JVM leaves its report in the trial folder, not where the user happens to be.
        command.addAll(List.of(
                "-XX:ErrorFile=" + folder.crashReport(), "-XX:+DisplayVMOutputToStderr", "-XX:-CreateCoredumpOnCrash"));
        command.addAll(EngineSettings.jvmOptions(threads));
        String extra = System.getenv("CATWALK_OPTS");
        if (extra != null && !extra.isBlank()) {
            command.addAll(List.of(extra.strip().split("\\s+")));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), TrialMain.class.getName()));
        command.addAll(verb);
        return command;
    }

    /** How a process ended. */
    record Ending(int exitCode, @Nullable String failure, boolean timedOut) {

        /** What a JVM returns that Ctrl-C ended. */
        static final int INTERRUPTED = 128 + 2;

        private static final String CRASHED = "crashed in native code";
        private static final int ABORTED = 128 + 6;
        private static final int KILLED = 128 + 9;

        String reason(TrialFolder folder, @Nullable Duration timeout) {
            if (timedOut) {
                return "took longer than --trial-timeout " + (timeout == null ? "" : timeout.toSeconds() + "s")
                        + " and was stopped";
            }
            if (failure != null) {
                return failure;
            }
            boolean reported = Files.exists(folder.crashReport());
            return "its process " + (reported ? CRASHED : how()) + ": see "
                    + shortened(reported ? folder.crashReport() : folder.log());
        }

        private String how() {
            return switch (exitCode) {
                case ABORTED -> CRASHED;
                case KILLED -> "was killed from outside, perhaps for want of memory (try fewer --jobs)";
                default ->
                    exitCode > 128
                            ? "was ended by signal " + (exitCode - 128)
                            : "ended by itself with exit code " + exitCode + " before it was done";
            };
        }

        private static String shortened(Path file) {
            int names = file.getNameCount();
            return names > 4
                    ? file.subpath(names - 4, names).toString().replace(File.separatorChar, '/')
                    : file.toString();
        }
    }
}
