package io.catwalk.runner.trial;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Task;
import io.catwalk.onnx.OnnxExport;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.latency.LatencyBench;
import io.catwalk.runner.plugin.LoadedPlugin;
import io.catwalk.runner.plugin.LoadedPlugin.LoadedClassifier;
import io.catwalk.runner.plugin.PluginCatalog.InstalledClassifier;
import io.catwalk.runner.process.ChildProcess;
import io.catwalk.runner.process.ChildProcess.Limit;
import io.catwalk.runner.trial.ParityResult.Missing;
import io.catwalk.runner.trial.TrialExecutor.TrialNews;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    private static final Duration MOST_BUILDING = Duration.ofMinutes(2);

    private TrialProcess() {}

    /** Trains and evaluates, as {@link LocalExecutor.Execution} says. */
    public static TrialOutcome train(TrialOrder order, TrialFolder folder, Consumer<TrialNews> listener)
            throws IOException, InterruptedException {
        listener.accept(new TrialNews.Started(""));
        Duration timeout = order.timeoutSeconds() == null ? null : Duration.ofSeconds(order.timeoutSeconds());
        AtomicReference<TrialOutcome.@Nullable Done> evaluated = new AtomicReference<>();
        Ending ending = run(TrialMain.TRAIN, order, folder, timeout, event -> {
            if (event.epoch() != null) {
                listener.accept(new TrialNews.Trained(event.epoch()));
            } else if (event.evaluated() != null) {
                evaluated.set(event.evaluated());
            }
        });
        if (ending.last() != null && ending.last().ended() != null) {
            return order.own(ending.last().ended());
        }
        TrialOutcome.Done done = evaluated.get();
        String reason = ending.reason(folder, timeout);
        if (!ending.ofItsOwnDoing()) {
            return new TrialOutcome.Lost(order.spec(), reason);
        }
        if (done == null) {
            return new TrialOutcome.Failed(order.spec(), reason);
        }
        // Only the export is missing, and no other process wrote the outcome.
        done = done.withOnnx(ParityResult.without(Missing.NO_FORM, reason), folder);
        folder.writeOutcome(done);
        return order.own(done);
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
        Ending ending = run(TrialMain.CHECK, order, folder, MOST_CHECKING, event -> {});
        if (ending.last() != null && ending.last().ended() != null) {
            return ending.last().ended();
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
            TrialFolder folder = new TrialFolder(order.folder() == null ? scratch.folder() : order.folder());
            Duration limit = LOADING.plus(order.settings().cap());
            Ending ending = run(
                    TrialMain.BENCH, scratch.file("bench.json"), order, order.threads(), folder, limit, event -> {});
            if (ending.last() != null && ending.last().measured() != null) { // it does not matter how the process ended
                return ending.last().measured();
            }
            throw new IOException(
                    ending.timedOut()
                            ? "it did not answer within " + limit.toMinutes() + " minutes and was stopped"
                            : ending.reason(folder, null));
        }
    }

    /** Orders a network with random weights as an ONNX file. */
    record Probe(
            String jar, String sha256, String classifier, Task task, Map<String, Object> hyperparameters, String file) {

        /** Builds and exports it in this process. */
        void write() throws IOException {
            try (LoadedPlugin plugin = LoadedPlugin.open(Path.of(jar), sha256);
                    NDManager manager = NDManager.newBaseManager()) {
                LoadedClassifier loaded = plugin.require(classifier);
                Block network = loaded.build(task, new Hyperparameters(hyperparameters));
                loaded.initialize(network, manager, task);
                OnnxExport.of(network, new Shape(task.channels(), task.height(), task.width()))
                        .write(Path.of(file));
            }
        }
    }

    /**
     * Builds the network of a classifier, at one point of its search space, without training it, and exports it with
     * random weights, to examine its structure.
     *
     * @param into an existing folder
     * @return the ONNX file there
     * @throws RequestException if the network cannot be built or has no ONNX form; in one line
     */
    public static Path probe(InstalledClassifier classifier, Task task, Hyperparameters chosen, Path into)
            throws IOException, InterruptedException {
        TrialFolder folder = new TrialFolder(into);
        Probe order = new Probe(
                classifier.plugin().path().toAbsolutePath().toString(),
                classifier.plugin().sha256(),
                classifier.name(),
                task,
                chosen.values(),
                folder.onnx().toString());
        Ending ending = run(TrialMain.PROBE, into.resolve("probe.json"), order, 1, folder, MOST_BUILDING, event -> {});
        if (ending.last() == null || ending.failure() != null || !Files.isRegularFile(folder.onnx())) {
            throw new RequestException("cannot draw '" + classifier.name() + "': "
                    + (ending.timedOut()
                            ? "its network was not built within " + MOST_BUILDING.toMinutes() + " minutes"
                            // The log is deleted before anybody could read it.
                            : ending.reason(folder, null).replaceFirst(": see \\S+$", "")));
        }
        return folder.onnx();
    }

    private static Ending run(
            String verb,
            TrialOrder order,
            TrialFolder folder,
            @Nullable Duration timeout,
            Consumer<TrialMain.Event> events)
            throws IOException, InterruptedException {
        return run(verb, folder.file(TrialFile.ORDER), order, order.spec().threads(), folder, timeout, events);
    }

    /** Runs a command of {@link TrialMain} in a process of its own, to its end or until the time is over. */
    private static Ending run(
            String verb,
            Path file,
            Object order,
            int threads,
            TrialFolder folder,
            @Nullable Duration timeout,
            Consumer<TrialMain.Event> events)
            throws IOException, InterruptedException {
        AtomicFiles.write(file, Json.JSON.writeValueAsString(order));
        List<String> options = new ArrayList<>(List.of("-Dcatwalk.log=INFO"));
        options.addAll(EngineSettings.jvmOptions(threads));
        options.addAll(ChildProcess.optionsOfUser());
        ChildProcess process = ChildProcess.jvm(
                        TrialMain.class,
                        options,
                        List.of(verb, file.toAbsolutePath().toString()))
                .with(EngineSettings.environment())
                .in(folder.path().toAbsolutePath());
        AtomicReference<TrialMain.@Nullable Event> last = new AtomicReference<>();
        ChildProcess.Ending ending =
                process.run(folder.file(TrialFile.LOG), Limit.time(timeout), TrialMain.Event.class, event -> {
                    events.accept(event);
                    last.set(event);
                    return event.isLast();
                });
        String failure = ending.isMute() ? "closed the output of its process" : null;
        if (last.get() != null && last.get().failed() != null) {
            failure = last.get().failed();
        }
        return new Ending(ending.exitCode(), last.get(), failure, ending.timedOut());
    }

    /** How a process ended, and the last that it said. */
    private record Ending(
            int exitCode,
            TrialMain.@Nullable Event last,
            @Nullable String failure,
            boolean timedOut) {

        private static final String CRASHED = "crashed in native code";
        private static final int ABORTED = 128 + 6;
        private static final int KILLED = 128 + 9;
        private static final int TERMINATED = 128 + 15;

        /** Tells whether the trial itself ended the process: if others killed it, that says nothing about the trial. */
        boolean ofItsOwnDoing() {
            return timedOut || failure != null || (exitCode != KILLED && exitCode != TERMINATED);
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
