package io.catwalk.runner.cli;

import io.catwalk.onnx.Predictor;
import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.experiment.ExperimentTree;
import io.catwalk.runner.process.JvmOptions;
import io.catwalk.runner.trial.EngineSettings;
import io.catwalk.runner.trial.PrivateFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Runs a command on an ONNX file from an unknown source in a process of its own; also an option of the command. If the
 * file crashes ONNX Runtime, never answers or uses up the memory, only that process ends, and one line reports it.
 *
 * The process runs the same command again and does the whole work. It sends a sign of progress when the file is open,
 * with each answer, and while it reads images or a trial. Lines about progress, and the answers of a stream, are
 * printed at once, and all else when it ends.
 */
final class SandboxedCommand {

    interface Work {
        int run() throws IOException, InterruptedException;
    }

    interface Reading<T, E extends Exception> {
        T read() throws E;
    }

    enum Output {
        /** One answer, which is not printed if the process fails. */
        WHOLE,
        /** One answer after the other, each complete by itself. */
        STREAM
    }

    /** Property that is set in the process that does the work; the value {@link #SIGNS} makes it send signs. */
    static final String INSIDE = "catwalk.foreign";

    private static final String SIGNS = "signs";

    private static final String SIGN = "@catwalk goes on";

    private static final String PROGRESS = "@catwalk progress: ";

    /** Time between two signs while images are read; the shortest timeout is a second. */
    private static final long PAUSE_MILLIS = 200;

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
    @SuppressWarnings("try") // the hook is held, not used
    int run(Path file, Work work, List<String> arguments, Output output) throws IOException, InterruptedException {
        long seconds = ExperimentTree.seconds("--timeout", timeout);
        if (seconds < 1) {
            throw new RequestException("--timeout must be at least 1s, but is " + timeout);
        }
        if (isInside()) {
            PrivateFolder.claim();
            return work.run();
        }
        Console console = new Console(command);
        ProcessBuilder builder = new ProcessBuilder(commandLine(arguments));
        builder.environment().putAll(EngineSettings.environment());
        Process process = builder.start();
        Runnable end = () -> {
            kill(process);
            console.error("stopped");
        };
        try (StopHook ends = new StopHook("end-foreign-file", end)) {
            return follow(process, file, seconds, output, console);
        } finally {
            kill(process);
        }
    }

    static OnnxPredictor open(Path file, OnnxHints hints, Console console) {
        OnnxPredictor predictor = OnnxPredictor.open(file, OnnxOptions.standard(), hints);
        sign(console);
        return predictor;
    }

    static void sign(Console console) {
        if (sendsSigns()) {
            console.note(SIGN);
        }
    }

    /** Prints a line about progress, from the separate process, too, while the work goes on. */
    static void progress(Console console, String text) {
        console.note(sendsSigns() ? PROGRESS + text : text);
    }

    private static boolean sendsSigns() {
        return SIGNS.equals(System.getProperty(INSIDE));
    }

    /** Sends signs while something is read: the time that it takes says nothing about the file. */
    static <T, E extends Exception> T signingWhile(Reading<T, E> reading, Console console) throws E {
        if (!sendsSigns()) {
            return reading.read();
        }
        Thread signs = daemon("foreign-file-signs", () -> {
            try {
                while (true) {
                    sign(console);
                    Thread.sleep(PAUSE_MILLIS); // nothing tells how far the reading is
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // it is done
            }
        });
        try {
            return reading.read();
        } finally {
            signs.interrupt();
        }
    }

    static Predictor signing(Predictor predictor, Console console) {
        return new Predictor() {
            @Override
            public float[] logits(float[] images, int count) {
                float[] logits = predictor.logits(images, count);
                sign(console);
                return logits;
            }

            @Override
            public void close() {
                predictor.close();
            }
        };
    }

    /** In the process that does the work: ends it, and all that it started, when the parent process ends. */
    static void endWithParent(InputStream parent) {
        if (!isInside()) {
            return;
        }
        daemon("end-with-parent", () -> {
            try {
                parent.transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                // The parent is gone, too.
            }
            ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
            Runtime.getRuntime().halt(1);
        });
    }

    /** Starts a thread that does not keep the process alive. */
    static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static boolean isInside() {
        return System.getProperty(INSIDE) != null;
    }

    private int follow(Process process, Path file, long seconds, Output output, Console console)
            throws InterruptedException {
        Semaphore signs = new Semaphore(0);
        List<String> answers = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        Thread out = reader(process.inputReader(StandardCharsets.UTF_8), line -> {
            if (output == Output.WHOLE) {
                answers.add(line);
                return;
            }
            console.row(line);
            if (console.hasLostOutput() && process.isAlive()) {
                kill(process); // nobody reads what it would still print
            }
        });
        Thread err = reader(process.errorReader(StandardCharsets.UTF_8), line -> {
            if (line.equals(SIGN)) {
                signs.release();
            } else if (line.startsWith(PROGRESS)) {
                console.note(line.substring(PROGRESS.length()));
            } else if (output == Output.STREAM) {
                console.note(line);
            } else if (notes.size() < MOST_NOTES) {
                notes.add(line);
            }
        });
        var unused = process.onExit().thenRun(signs::release); // the end of the process also counts as a sign
        while (process.isAlive()) {
            if (!signs.tryAcquire(seconds, TimeUnit.SECONDS)) {
                throw new RequestException(file + ": expected an answer within " + timeout
                        + ", found none: if the network is that slow, give it longer with --timeout 10m");
            }
        }
        out.join();
        err.join();
        int exitCode = process.waitFor();
        if (console.hasLostOutput()) {
            return ExitCode.SOME_FAILED;
        }
        if (exitCode >= SIGNAL) {
            throw new RequestException(file + ": expected a model that ONNX Runtime can run, but "
                    + (exitCode == KILLED
                            ? "its process was killed from outside, perhaps because memory ran out"
                            : "it crashed ONNX Runtime")
                    + ": export it again, or check where it comes from");
        }
        answers.forEach(console::row);
        notes.forEach(console::note);
        return exitCode;
    }

    private static Thread reader(BufferedReader stream, Consumer<String> lines) {
        return daemon("foreign-file-output", () -> {
            try (stream) {
                stream.lines().forEach(lines);
            } catch (IOException | UncheckedIOException e) {
                // The process was killed while it wrote; that is reported elsewhere.
            }
        });
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.toHandle().destroyForcibly();
    }

    private static List<String> commandLine(List<String> arguments) {
        long heap = Runtime.getRuntime().maxMemory();
        List<String> line = new ArrayList<>();
        if (Files.isExecutable(Path.of("/bin/sh"))) {
            // The default heap is a quarter of the memory: native memory gets twice as much, plus room to load
            // libraries.
            long kibibytes = (3 * heap + (4L << 30)) >> 10;
            // Only the soft limit: a browser that runs the file reserves more address space than any machine has
            // memory.
            line.addAll(List.of(
                    "/bin/sh", "-c", "ulimit -c 0; ulimit -S -v " + kibibytes + " 2>/dev/null; exec \"$@\"", "sh"));
        }
        line.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Xmx" + (heap >> 20) + "m",
                // A crashing JVM would print among the answers. It ends by a signal and, see above, writes no core
                // file.
                "-XX:+SuppressFatalErrorMessage",
                "-Djava.awt.headless=true",
                "-Dfile.encoding=UTF-8",
                // With its default console, a JDK from 22 on would mistake a pipe for a terminal.
                "-Djdk.console=java.base",
                "-D" + INSIDE + "=" + SIGNS));
        line.addAll(JvmOptions.shared());
        for (String name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith("catwalk.") || name.equals("sun.jnu.encoding")) {
                line.add("-D" + name + "=" + System.getProperty(name));
            }
        }
        String extra = System.getenv("CATWALK_OPTS");
        if (extra != null && !extra.isBlank()) {
            line.addAll(List.of(extra.strip().split("\\s+")));
        }
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        line.addAll(arguments);
        return line;
    }
}
