package io.catwalk.runner.process;

import io.catwalk.runner.Json;
import io.catwalk.runner.process.ProcessOutput.CappedLog;
import io.catwalk.runner.process.ProcessOutput.MessageReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * Runs a program, or a part of this one in a new JVM, with limits: it sees few of our environment variables, what is
 * kept of its output has a maximum size, and it is killed with all the processes that it started when it exceeds its
 * limit, when it does not end after its last message, and when this process ends.
 */
public final class ChildProcess {

    private static final Logger LOG = LoggerFactory.getLogger(ChildProcess.class);

    /** A process that it left behind may hold the pipes open for ever. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private static final long LARGEST_LOG = 10_000_000;

    /** A signal that both processes get, as by Ctrl-C, may end the other one a little before this one. */
    private static final Duration SAME_SIGNAL = Duration.ofSeconds(2);

    /** Exit codes of a process that was ended because its terminal was closed, by Ctrl-C, and by its scheduler. */
    private static final Set<Integer> STOPPED = Set.of(128 + 1, 128 + 2, 128 + 15);

    /** How often it is asked whether a process has taken too much. */
    private static final Duration LOOK = Duration.ofMillis(200);

    /** From this version on Java warns about native code and memory that libraries manage (JEP 472 and 498). */
    private static final int WARNS_OF_NATIVE_CODE = 24;

    /** Set by the launcher if it uses an archive of class data sharing (CDS). */
    private static final String ARCHIVE = "catwalk.archive";

    private static final Family OURS = new Family();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(OURS::end, "end-processes"));
    }

    private final List<String> command;
    private final boolean hasPipe;
    private final Map<String, String> variables = new HashMap<>();
    private String limits = "";
    private boolean seesAllVariables;
    private @Nullable Path folder;
    private Duration grace = Duration.ofSeconds(5);
    private Family family = OURS;

    private ChildProcess(List<String> command, boolean hasPipe) {
        this.command = command;
        this.hasPipe = hasPipe;
    }

    /** Specifies any program, which gets empty input. It has no memory limit, even if this process has one. */
    public static ChildProcess program(List<String> command) {
        ChildProcess program = new ChildProcess(new ArrayList<>(command), false);
        program.limits = "ulimit -S -v unlimited 2>/dev/null";
        return program;
    }

    /** Specifies a main class on our class path, which opens its {@link ParentPipe} first. */
    public static ChildProcess jvm(Class<?> main, List<String> options, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-Djava.awt.headless=true"));
        // Names of files and classes are UTF-8, whatever the locale is.
        command.addAll(List.of(
                "-Dfile.encoding=UTF-8",
                "-Dsun.jnu.encoding=UTF-8",
                "-Dstdout.encoding=UTF-8",
                "-Dstderr.encoding=UTF-8",
                "-XX:+DisplayVMOutputToStderr"));
        if (Runtime.version().feature() >= WARNS_OF_NATIVE_CODE) {
            command.add("--enable-native-access=ALL-UNNAMED");
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        String archive = System.getProperty(ARCHIVE, "");
        if (!archive.isEmpty()) { // the same Java and class path, which a JVM requires before it uses one
            // The warnings of the JVM about an archive that it does not accept are of no use to anybody.
            command.addAll(List.of("-Xshare:auto", "-Xlog:disable", "-XX:SharedArchiveFile=" + archive));
        }
        command.addAll(options);
        command.addAll(List.of("-cp", classPath(), main.getName()));
        command.addAll(arguments);
        return new ChildProcess(command, true);
    }

    /** The process may run in another folder, where relative paths would have another meaning. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> new File(entry).getAbsolutePath())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Returns the options of a JVM that the user wants for those that run networks. */
    public static List<String> optionsOfUser() {
        String options = System.getenv("CATWALK_OPTS");
        return options == null || options.isBlank()
                ? List.of()
                : List.of(options.strip().split("\\s+", -1));
    }

    /** Sets the working folder, where a JVM writes its {@link #crashReport} to. */
    public ChildProcess in(Path working) {
        folder = working;
        if (hasPipe) {
            command.addAll(1, List.of("-XX:ErrorFile=" + crashReport(working), "-XX:-CreateCoredumpOnCrash"));
        }
        return this;
    }

    /** Returns the path of the report of a JVM that crashed in a folder. */
    public static Path crashReport(Path working) {
        return working.resolve("crash.log").toAbsolutePath();
    }

    public ChildProcess with(Map<String, String> more) {
        variables.putAll(more);
        return this;
    }

    public ChildProcess withAllVariables() {
        seesAllVariables = true;
        return this;
    }

    /** Limits the address space, and lets no crash write a core file; without effect where there is no shell. */
    public ChildProcess withMemory(long kibibytes) {
        // Only the soft limit: a browser that the process starts reserves more than any machine has memory.
        limits = "ulimit -c 0; ulimit -S -v " + kibibytes + " 2>/dev/null";
        return this;
    }

    /** Sets how long the process may take to end after its last message. */
    public ChildProcess withGrace(Duration time) {
        grace = time;
        return this;
    }

    /** Lets another family end the process. */
    ChildProcess of(Family other) {
        family = other;
        return this;
    }

    /** Tells whether a process has taken too much; it is asked several times a second. */
    public interface Limit {

        boolean isExceeded(ProcessHandle process, Duration time, Duration silence);

        /** Limits the time to the end; null sets no limit. */
        static Limit time(@Nullable Duration most) {
            return (process, time, silence) -> most != null && time.compareTo(most) >= 0;
        }
    }

    /**
     * Tells how a process ended.
     *
     * @param exitCode above 128 if a signal ended it
     * @param timedOut whether it was killed because it exceeded its limit
     * @param isMute whether it was killed because it closed the stream of its messages and went on
     * @param out the end of the standard output of a program; otherwise empty
     * @param err the end of its error output; otherwise empty
     */
    public record Ending(int exitCode, boolean timedOut, boolean isMute, String out, String err) {}

    /**
     * Runs a program to its end, and returns the end of what it printed, too.
     *
     * @throws InterruptedException if the calling thread is interrupted, or this process is about to end; the process
     *     has then ended
     */
    public Ending run(Duration most) throws IOException, InterruptedException {
        ProcessOutput.Tail out = new ProcessOutput.Tail();
        ProcessOutput.Tail err = new ProcessOutput.Tail();
        Ending ending = carryOut(Limit.time(most), Channel.NONE, message -> false, out, err);
        return new Ending(ending.exitCode, ending.timedOut, false, out.text(), err.text());
    }

    /** Runs a JVM to its end. Another thread gets each message on its standard output, and tells which is the last. */
    public <T> Ending run(Path log, Limit limit, Class<T> type, Predicate<T> messages)
            throws IOException, InterruptedException {
        try (CappedLog kept = CappedLog.open(log, LARGEST_LOG)) {
            return carryOut(limit, Channel.OUT, message -> isLast(message, type, messages), kept, kept);
        }
    }

    private static <T> boolean isLast(String message, Class<T> type, Predicate<T> messages) {
        T read;
        try {
            read = Json.LINE.readValue(message, type);
        } catch (JacksonException e) {
            LOG.warn("A message of a process cannot be read", e);
            return false;
        }
        return messages.test(read);
    }

    /** Runs a JVM to its end, whose messages are on its error output. */
    public Ending run(Limit limit, Consumer<String> messages, Consumer<String> out, Consumer<String> err)
            throws IOException, InterruptedException {
        Predicate<String> listener = message -> isLast(message, String.class, text -> {
            messages.accept(text);
            return false;
        });
        return carryOut(limit, Channel.ERR, listener, new ProcessOutput.Lines(out), new ProcessOutput.Lines(err));
    }

    /** Starts a program that the caller talks to, and ends; it ends with this process at the latest. */
    public Process start(Path errors) throws IOException {
        Process process = builder().redirectError(errors.toFile()).start();
        family.running.add(process);
        var unused = process.onExit().thenAccept(family.running::remove);
        return process;
    }

    /** The stream of a process that has its messages. */
    private enum Channel {
        OUT,
        ERR,
        NONE
    }

    private Ending carryOut(
            Limit limit, Channel channel, Predicate<String> messages, ProcessOutput out, ProcessOutput err)
            throws IOException, InterruptedException {
        String mark = "@catwalk-" + UUID.randomUUID() + " "; // no other code in the process knows it
        Process process = builder().start();
        try {
            family.add(process);
            CompletableFuture<Void> said = new CompletableFuture<>();
            AtomicLong heard = new AtomicLong();
            Consumer<String> listener = message -> {
                heard.incrementAndGet();
                if (messages.test(message)) {
                    said.complete(null);
                }
            };
            CompletableFuture<Void> outEnd = readTo(
                    process.getInputStream(), channel == Channel.OUT ? new MessageReader(mark, out, listener) : out);
            CompletableFuture<Void> errEnd = readTo(
                    process.getErrorStream(), channel == Channel.ERR ? new MessageReader(mark, err, listener) : err);
            greet(process, mark);
            CompletableFuture<Void> mute =
                    channel == Channel.NONE ? new CompletableFuture<>() : channel == Channel.OUT ? outEnd : errEnd;
            CompletableFuture<?> over = CompletableFuture.anyOf(process.onExit(), said, mute);
            boolean timedOut = !isOverInTime(process.toHandle(), over, limit, heard);
            if (!timedOut) {
                process.waitFor((said.isDone() ? grace : LAST_WORDS).toMillis(), TimeUnit.MILLISECONDS);
            }
            boolean isMute = !timedOut && !said.isDone() && process.isAlive();
            kill(process);
            int exitCode = process.waitFor();
            boolean unused = await(CompletableFuture.allOf(outEnd, errEnd), LAST_WORDS);
            if (family.isEnding(STOPPED.contains(exitCode) ? SAME_SIGNAL : Duration.ZERO)) {
                // A user who stops the program also stops its processes, so this says nothing about them.
                throw new InterruptedException("the program was stopped");
            }
            return new Ending(exitCode, timedOut, isMute, "", "");
        } finally {
            kill(process);
            family.running.remove(process);
        }
    }

    private static boolean isOverInTime(ProcessHandle process, CompletableFuture<?> over, Limit limit, AtomicLong heard)
            throws InterruptedException {
        Duration time = Duration.ZERO;
        Duration silence = Duration.ZERO;
        long before = 0;
        while (!await(over, LOOK)) {
            time = time.plus(LOOK);
            silence = heard.get() == before ? silence.plus(LOOK) : Duration.ZERO;
            before = heard.get();
            if (limit.isExceeded(process, time, silence)) {
                return false;
            }
        }
        return true;
    }

    private ProcessBuilder builder() {
        List<String> line = new ArrayList<>();
        if (!limits.isEmpty() && Files.isExecutable(Path.of("/bin/sh"))) {
            line.addAll(List.of("/bin/sh", "-c", limits + "; exec \"$@\"", "sh"));
        }
        line.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(line);
        if (folder != null) {
            builder.directory(folder.toFile());
        }
        Map<String, String> environment = builder.environment();
        if (!seesAllVariables) {
            ChildEnvironment.keepOnlyWhatIsNeeded(environment);
        }
        environment.putAll(variables);
        return builder;
    }

    /** Sends a JVM the mark of its messages; a program gets no input. */
    private void greet(Process process, String mark) {
        try {
            OutputStream in = process.getOutputStream();
            if (hasPipe) {
                in.write((mark + "\n").getBytes(StandardCharsets.UTF_8));
                in.flush();
            } else {
                in.close();
            }
        } catch (IOException e) {
            LOG.debug("The process is over already", e);
        }
    }

    /** Passes on a stream; whoever waits for its end gets any failure of the sink. */
    private static CompletableFuture<Void> readTo(InputStream from, ProcessOutput sink) {
        Runnable reading = () -> {
            byte[] bytes = new byte[1 << 13];
            try (from) {
                for (int count = from.read(bytes); count >= 0; count = from.read(bytes)) {
                    sink.take(bytes, 0, count);
                }
                sink.end();
            } catch (IOException e) {
                LOG.info("The output of a process broke off", e);
            }
        };
        return CompletableFuture.runAsync(reading, reader -> ParentPipe.startDaemon("process-output", reader));
    }

    /** Returns whether the event happened within the time. */
    private static boolean await(CompletableFuture<?> event, Duration time) throws InterruptedException {
        try {
            event.get(time.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /**
     * Kills a process with all that it has started: through the handle, since {@link Process#destroyForcibly} would also
     * close the pipe that the reader reads.
     */
    public static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.toHandle().destroyForcibly();
    }

    /** The processes that end together with this one. */
    static final class Family {

        private final Set<Process> running = ConcurrentHashMap.newKeySet();
        private final CountDownLatch ending = new CountDownLatch(1);

        private void add(Process process) throws InterruptedException {
            running.add(process);
            if (isEnding(Duration.ZERO)) {
                throw new InterruptedException("the program is being stopped");
            }
        }

        /**
         * Returns whether this process is about to end within a time. The signal that ended another one may have been
         * sent to that one alone, and a plugin can end with the same exit code.
         */
        private boolean isEnding(Duration time) throws InterruptedException {
            return ending.await(time.toMillis(), TimeUnit.MILLISECONDS);
        }

        /** Kills what runs, because this process is about to end. */
        void end() {
            ending.countDown();
            running.forEach(ChildProcess::kill);
        }
    }
}
