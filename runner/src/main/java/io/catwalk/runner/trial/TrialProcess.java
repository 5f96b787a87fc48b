package io.catwalk.runner.trial;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.training.Epoch;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs a trial in a fresh JVM, so that a plugin that crashes the native library, runs out of memory,
 * hangs or ends the process costs its own trial only.
 */
public final class TrialProcess implements TrialExecution {

    private final @Nullable Duration timeout;

    /**
     * Creates an execution by processes.
     *
     * @param timeout after which a process is killed; null lets it run
     */
    public TrialProcess(@Nullable Duration timeout) {
        this.timeout = timeout;
    }

    @Override
    public TrialResult train(TrialOrder order, Consumer<Epoch> listener) throws IOException, InterruptedException {
        TrialFolder folder = new TrialFolder(order.folder());
        AtomicFiles.write(folder.order(), Json.JSON.writeValueAsString(order));
        Ending ending = run("train", order, event -> {
            if (event.epoch() != null) {
                listener.accept(event.epoch());
            }
        });
        if (ending.exitCode == 0 && Files.exists(folder.result())) {
            return folder.readResult();
        }
        return TrialResult.failed(order.spec(), ending.reason(folder.log(), timeout));
    }

    @Override
    public Latency measure(TrialOrder order) throws IOException, InterruptedException {
        List<Latency> measured = new ArrayList<>();
        Ending ending = run("measure", order, event -> {
            if (event.measured() != null) {
                measured.add(event.measured());
            }
        });
        if (ending.exitCode != 0 || measured.isEmpty()) {
            throw new IOException(ending.reason(new TrialFolder(order.folder()).log(), timeout));
        }
        return measured.get(0);
    }

    private Ending run(String verb, TrialOrder order, Consumer<TrialEvent> events)
            throws IOException, InterruptedException {
        TrialFolder folder = new TrialFolder(order.folder());
        ProcessBuilder builder = new ProcessBuilder(
                        command(verb, folder, order.spec().threads()))
                .redirectError(ProcessBuilder.Redirect.appendTo(folder.log().toFile()));
        builder.environment().putAll(EngineSettings.environment());
        Process process = builder.start();
        AtomicBoolean timedOut = new AtomicBoolean();
        CompletableFuture<Void> alarm = timeout == null ? new CompletableFuture<>() : alarm(process, timedOut);
        String failure = null;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                TrialEvent event = TrialEvent.parse(line).orElse(null);
                if (event != null) {
                    events.accept(event);
                    failure = event.failed() == null ? failure : event.failed();
                }
            }
            return new Ending(process.waitFor(), failure, timedOut.get());
        } finally {
            alarm.cancel(false);
            kill(process);
        }
    }

    private CompletableFuture<Void> alarm(Process process, AtomicBoolean timedOut) {
        long millis = timeout == null ? Long.MAX_VALUE : timeout.toMillis();
        return CompletableFuture.runAsync(
                () -> {
                    timedOut.set(process.isAlive());
                    kill(process);
                },
                CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS));
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static List<String> command(String verb, TrialFolder folder, int threads) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-Djava.awt.headless=true", "-Dcatwalk.log=INFO"));
        command.addAll(EngineSettings.jvmOptions(threads));
        String extra = System.getenv("CATWALK_OPTS");
        if (extra != null && !extra.isBlank()) {
            command.addAll(List.of(extra.strip().split("\\s+")));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), TrialMain.class.getName()));
        command.addAll(List.of(verb, folder.order().toString()));
        return command;
    }

    /** How a process ended. */
    private record Ending(int exitCode, @Nullable String failure, boolean timedOut) {

        String reason(Path log, @Nullable Duration timeout) {
            if (timedOut) {
                return "took longer than --trial-timeout " + (timeout == null ? "" : timeout.toSeconds() + "s")
                        + " and was stopped";
            }
            if (failure != null) {
                return failure;
            }
            String how =
                    exitCode > 128 ? "was ended by signal " + (exitCode - 128) : "ended with exit code " + exitCode;
            return "its process " + how + " without a result: see " + shortened(log);
        }

        private static String shortened(Path log) {
            int names = log.getNameCount();
            return names > 4
                    ? log.subpath(names - 4, names).toString().replace(File.separatorChar, '/')
                    : log.toString();
        }
    }
}
