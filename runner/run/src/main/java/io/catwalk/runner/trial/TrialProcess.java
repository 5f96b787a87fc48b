package io.catwalk.runner.trial;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.latency.LatencyBench;
import io.catwalk.runner.process.ChildProcess;
import io.catwalk.runner.process.ChildProcess.Limit;
import io.catwalk.runner.trial.ParityResult.Missing;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs a trial in a fresh JVM. If a plugin crashes the native library, runs out of memory, hangs or ends the process,
 * only its own trial is affected. The outcome is what our code there reports, whatever the process does or leaves in
 * the folder. A process ends when this one ends.
 */
public final class TrialProcess {

    /** Returned weights and files run for minutes at most; what takes longer was made to. */
    private static final Duration MOST_CHECKING = Duration.ofMinutes(30);

    /** Far longer than loading a network takes: a measurement that hangs is stopped. */
    private static final Duration LOADING = Duration.ofMinutes(10);

    private TrialProcess() {}

    /** Trains and evaluates, as {@link TrialExecution} says. */
    public static TrialOutcome train(TrialOrder order, TrialFolder folder, Consumer<TrialNews> listener)
            throws IOException, InterruptedException {
        listener.accept(new TrialNews.Started(""));
        Duration timeout = order.timeoutSeconds() == null ? null : Duration.ofSeconds(order.timeoutSeconds());
        folder.writeOrder(order);
        List<String> verb = List.of(
                TrialMain.TRAIN, folder.file(TrialFile.ORDER).toAbsolutePath().toString());
        AtomicReference<TrialOutcome.@Nullable Done> evaluated = new AtomicReference<>();
        AtomicReference<@Nullable TrialOutcome> ended = new AtomicReference<>();
        Ending ending = run(verb, order.spec().threads(), folder, timeout, event -> {
            if (event.epoch() != null) {
                listener.accept(new TrialNews.Trained(event.epoch()));
            } else if (event.evaluated() != null) {
                evaluated.set(event.evaluated());
            } else if (event.ended() != null) {
                ended.set(event.ended());
            }
        });
        TrialOutcome outcome = ended.get();
        if (outcome == null && ending.ofItsOwnDoing() && evaluated.get() != null) {
            // Only the export is missing, and no other process wrote the outcome.
            TrialOutcome.Done done = evaluated
                    .get()
                    .withOnnx(ParityResult.without(Missing.NO_FORM, ending.reason(folder, timeout)), folder);
            folder.writeOutcome(done);
            outcome = done;
        }
        return outcome == null ? ending.outcome(order, folder, timeout) : order.own(outcome);
    }

    /**
     * Runs returned weights and their ONNX file on the images of the order, and computes again what follows from them:
     * what came back may crash the native library, or fill the memory.
     *
     * @param folder of the trial, with the files that came back and the claimed outcome, which is done
     * @return done, with the numbers that the files have; lost, with the reason, if they have others than claimed
     * @throws IOException if the check could not be made here, which says nothing about what came back
     */
    public static TrialOutcome check(TrialOrder order, TrialFolder folder) throws IOException, InterruptedException {
        folder.writeOrder(order);
        List<String> verb = List.of(
                TrialMain.CHECK, folder.file(TrialFile.ORDER).toAbsolutePath().toString());
        AtomicReference<@Nullable TrialOutcome> ended = new AtomicReference<>();
        Ending ending = run(verb, order.spec().threads(), folder, MOST_CHECKING, event -> ended.set(event.ended()));
        TrialOutcome outcome = ended.get();
        if (outcome != null) {
            return outcome;
        }
        if (ending.failure() != null || !ending.ofItsOwnDoing()) { // plugin, images or memory of this machine
            throw new IOException("what came back could not be checked here: " + ending.reason(folder, MOST_CHECKING));
        }
        return new TrialOutcome.Lost(
                order.spec(),
                "what came back is not kept: its check "
                        + (ending.timedOut()
                                ? "took longer than " + MOST_CHECKING.toMinutes() + " minutes"
                                : "ended with exit code " + ending.exitCode()));
    }

    /** Measures a network. */
    public static LatencyBench.Measured measure(LatencyBench.Order order) throws IOException, InterruptedException {
        try (Scratch scratch = new Scratch()) {
            Path request = scratch.file("bench.json");
            AtomicFiles.write(request, Json.JSON.writeValueAsString(order));
            TrialFolder folder = new TrialFolder(order.folder() == null ? scratch.folder() : order.folder());
            Duration limit = LOADING.plus(order.settings().cap());
            AtomicReference<LatencyBench.@Nullable Measured> measured = new AtomicReference<>();
            List<String> verb = List.of(TrialMain.BENCH, request.toString());
            Ending ending = run(verb, order.threads(), folder, limit, event -> measured.set(event.measured()));
            LatencyBench.Measured figures = measured.get();
            if (figures == null) { // with figures, it does not matter how the process ended
                throw new IOException(
                        ending.timedOut()
                                ? "it did not answer within " + limit.toMinutes() + " minutes and was stopped"
                                : ending.reason(folder, null));
            }
            return figures;
        }
    }

    /** Runs a command of {@link TrialMain} in a process of its own, to its end or until the time is over. */
    static Ending run(
            List<String> verb, int threads, TrialFolder folder, @Nullable Duration timeout, Consumer<TrialEvent> events)
            throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(List.of("-Dcatwalk.log=INFO"));
        options.addAll(EngineSettings.jvmOptions(threads));
        options.addAll(ChildProcess.optionsOfUser());
        ChildProcess process = ChildProcess.jvm(TrialMain.class, options, verb)
                .with(EngineSettings.environment())
                .in(folder.path().toAbsolutePath());
        AtomicReference<@Nullable String> failure = new AtomicReference<>();
        ChildProcess.Ending ending =
                process.run(folder.file(TrialFile.LOG), Limit.time(timeout), TrialEvent.class, event -> {
                    events.accept(event);
                    if (event.failed() != null) {
                        failure.set(event.failed());
                    }
                    return event.isLast();
                });
        if (ending.isMute()) {
            failure.compareAndSet(null, "closed the output of its process");
        }
        return new Ending(ending.exitCode(), failure.get(), ending.timedOut());
    }

    /** How a process ended. */
    record Ending(int exitCode, @Nullable String failure, boolean timedOut) {

        private static final String CRASHED = "crashed in native code";
        private static final int ABORTED = 128 + 6;
        private static final int KILLED = 128 + 9;
        private static final int TERMINATED = 128 + 15;

        /**
         * Returns whether the trial itself ended the process; if it was killed from outside, that says nothing about
         * the trial.
         */
        boolean ofItsOwnDoing() {
            return timedOut || failure != null || (exitCode != KILLED && exitCode != TERMINATED);
        }

        TrialOutcome outcome(TrialOrder order, TrialFolder folder, @Nullable Duration timeout) {
            String reason = reason(folder, timeout);
            return ofItsOwnDoing()
                    ? new TrialOutcome.Failed(order.spec(), reason)
                    : new TrialOutcome.Lost(order.spec(), reason);
        }

        String reason(TrialFolder folder, @Nullable Duration timeout) {
            if (timedOut) {
                return "took longer than --trial-timeout " + (timeout == null ? "" : timeout.toSeconds() + "s")
                        + " and was stopped";
            }
            if (failure != null) {
                return failure;
            }
            boolean reported = Files.exists(folder.file(TrialFile.CRASH_REPORT));
            return "its process " + (reported ? CRASHED : how()) + ": see "
                    + shortened(reported ? folder.file(TrialFile.CRASH_REPORT) : folder.file(TrialFile.LOG));
        }

        private String how() {
            return switch (exitCode) {
                case ABORTED -> CRASHED;
                case KILLED -> "was killed from outside, perhaps because memory ran out (try fewer --jobs)";
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
