package io.catwalk.runner.cli;

import io.catwalk.onnx.runtime.OnnxRuntime;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.process.ChildProcess;
import io.catwalk.runner.process.ParentPipe;
import io.catwalk.runner.trial.EngineSettings;
import io.catwalk.runner.trial.EngineSettings.PrivateFolder;
import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Runs a command on an ONNX file from an unknown source in a process of its own; also an option of the command. If the
 * file crashes ONNX Runtime, never answers or uses up the memory, only that process ends, and one line reports it.
 *
 * The process runs the same command again and does the whole work. It tells that it goes on by itself, unless a call to
 * ONNX Runtime does not end. Lines about progress, and the answers of a stream, are printed at once, and all else when it
 * ends.
 */
final class SandboxedCommand {

    interface Work {
        int run() throws IOException, InterruptedException;
    }

    enum Output {
        /** One answer, which is not printed if the process fails. */
        WHOLE,
        /** One answer after the other, each complete by itself. */
        STREAM
    }

    /** Property that is set where the work is done; the value {@link #CHILD}, in a process for it. */
    static final String INSIDE = "catwalk.foreign";

    private static final String CHILD = "child";

    private static volatile @Nullable ParentPipe parent;

    /** Most lines that are kept of its other output. */
    private static final int MOST_NOTES = 1_000;

    private static final int SIGNAL = 128;
    private static final int KILLED = SIGNAL + 9;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "Give up if opening the file, or any single answer, takes longer, such as 30s or 5m. "
                    + "Default: ${DEFAULT-VALUE}")
    private String timeout = "60s";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    List<String> arguments() {
        return command.root().commandLine().getParseResult().originalArgs();
    }

    int run(Path file, Work work) throws IOException, InterruptedException {
        return run(file, work, arguments(), Output.WHOLE);
    }

    /** Does the work in a process with these arguments, unless this is that process, and returns its exit code. */
    int run(Path file, Work work, List<String> arguments, Output output) throws IOException, InterruptedException {
        Duration patience = OptionParsers.timeout("--timeout", timeout);
        if (System.getProperty(INSIDE) != null) {
            PrivateFolder.claim();
            return work.run();
        }
        return follow(file, patience, arguments, output, new Console(command));
    }

    /** Prints a line about progress, from the separate process, too, while the work goes on. */
    static void progress(Console console, String text) {
        ParentPipe pipe = parent;
        if (pipe == null) {
            console.note(text);
        } else {
            pipe.send(text);
        }
    }

    /** In the process that does the work: ends it when the parent process ends, and tells that one that it goes on. */
    static void openPipe(InputStream in) {
        if (!CHILD.equals(System.getProperty(INSIDE))) {
            return;
        }
        ParentPipe pipe = ParentPipe.open(in, FileDescriptor.err);
        AtomicLong before = new AtomicLong(-1);
        pipe.beatWhile(() -> {
            OnnxRuntime.Calls calls = OnnxRuntime.calls();
            return before.getAndSet(calls.ended()) != calls.ended() || calls.begun() == calls.ended();
        });
        parent = pipe;
    }

    @SuppressWarnings("try") // the hook is held, not used
    private int follow(Path file, Duration patience, List<String> arguments, Output output, Console console)
            throws IOException, InterruptedException {
        List<String> answers = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        long heap = Runtime.getRuntime().maxMemory();
        // The default heap is a quarter of the memory: native memory gets twice as much, plus room to load libraries.
        ChildProcess process = ChildProcess.jvm(Main.class, options(heap), arguments)
                .withAllVariables()
                .with(EngineSettings.environment())
                .withMemory((3 * heap + (4L << 30)) >> 10);
        ChildProcess.Limit limit = (handle, time, silence) -> silence.compareTo(patience) >= 0
                || console.hasLostOutput(); // then nobody reads what it would still print
        ChildProcess.Ending ending;
        try (StopHook ends = new StopHook("say-stopped", () -> console.error("stopped"))) {
            ending = process.run(
                    limit,
                    progress -> {
                        if (!progress.isEmpty()) {
                            console.note(progress);
                        }
                    },
                    output == Output.WHOLE ? answers::add : console::row,
                    line -> {
                        if (output == Output.STREAM) {
                            console.note(line);
                        } else if (notes.size() < MOST_NOTES) {
                            notes.add(line);
                        }
                    });
        }
        if (console.hasLostOutput()) {
            return ExitCode.SOME_FAILED;
        }
        if (ending.timedOut()) {
            throw new RequestException(file + ": expected an answer within " + timeout
                    + ", found none: if the network is that slow, give it longer with --timeout 10m");
        }
        if (ending.exitCode() >= SIGNAL) {
            throw new RequestException(file + ": expected a model that ONNX Runtime can run, but "
                    + (ending.exitCode() == KILLED
                            ? "its process was killed from outside, perhaps because memory ran out"
                            : "it crashed ONNX Runtime")
                    + ": export it again, or check where it comes from");
        }
        answers.forEach(console::row);
        notes.forEach(console::note);
        return ending.exitCode();
    }

    private static List<String> options(long heap) {
        List<String> options = new ArrayList<>(List.of(
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Xmx" + (heap >> 20) + "m",
                // A crashing JVM would print among the answers. It ends by a signal, and the shell forbids a core file.
                "-XX:+SuppressFatalErrorMessage",
                // With its default console, a JDK from 22 on would mistake a pipe for a terminal.
                "-Djdk.console=java.base",
                "-D" + INSIDE + "=" + CHILD));
        for (String name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith("catwalk.") || name.equals("sun.jnu.encoding")) {
                options.add("-D" + name + "=" + System.getProperty(name));
            }
        }
        options.addAll(ChildProcess.optionsOfUser());
        return options;
    }
}
