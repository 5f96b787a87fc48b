package io.catwalk.runner.process;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
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
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a part of this program in a new JVM with limits: its messages and its log have a maximum size, it sees few of
 * our environment variables, and it is killed when it takes too long, when it does not end after its last message, and
 * when this process ends.
 */
public final class ForkedJvm {

    private static final Logger LOG = LoggerFactory.getLogger(ForkedJvm.class);

    /** A process that it left behind may hold the pipes open for ever. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    /** A signal that both processes get, as by Ctrl-C, may end the other one a little before this one. */
    private static final Duration SAME_SIGNAL = Duration.ofSeconds(2);

    /** How often it is asked whether a process has taken too much. */
    private static final Duration LOOK = Duration.ofMillis(200);

    private final Duration grace;
    private final Set<Process> running = ConcurrentHashMap.newKeySet();
    private final CountDownLatch ending = new CountDownLatch(1);

    /** Runs processes that end when this one does, and that get five seconds to end after their last message. */
    public ForkedJvm() {
        this(Duration.ofSeconds(5));
    }

    /**
     * Runs processes that end when this one does.
     *
     * @param grace how long one may take to end after its last message
     */
    ForkedJvm(Duration grace) {
        this.grace = grace;
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "end-processes"));
    }

    /**
     * Specifies what to run.
     *
     * @param mainClass on our class path; it opens its {@link ParentPipe} first
     * @param arguments of its main method
     * @param jvmOptions in addition to those that every process gets
     * @param environment variables in addition to those that every process gets
     * @param folder working directory; its crash report goes there
     * @param log receives the output of the process; existing content is kept
     */
    public record Program(
            String mainClass,
            List<String> arguments,
            List<String> jvmOptions,
            Map<String, String> environment,
            Path folder,
            Path log) {

        /**
         * Returns the path of the JVM's crash report, which exists only after a crash.
         *
         * @return path of a text file
         */
        public Path crashReport() {
            return folder.resolve("crash.log").toAbsolutePath();
        }
    }

    /**
     * Tells how a process ended.
     *
     * @param exitCode above 128 if a signal ended it
     * @param timedOut whether it was killed because it took too long
     */
    public record Ending(int exitCode, boolean timedOut) {

        /** Exit codes of a JVM that was ended because its terminal was closed, by Ctrl-C, and by its scheduler. */
        private static final Set<Integer> STOPPED = Set.of(128 + 1, 128 + 2, 128 + 15);
    }

    /**
     * Runs a program to its end.
     *
     * @param program what to run
     * @param timeout after this time it is killed; null for no limit
     * @param messages receives each message in another thread, and returns whether it was the last one
     * @return how it ended
     * @throws IOException if it cannot be started
     * @throws InterruptedException if the calling thread is interrupted, or this process is about to end; the process
     *     has then ended
     */
    public Ending run(Program program, @Nullable Duration timeout, Predicate<String> messages)
            throws IOException, InterruptedException {
        return carryOut(program, (process, event) -> await(event, timeout), messages);
    }

    /**
     * Runs a program to its end, or until it has taken too much.
     *
     * @param program what to run
     * @param overdue asked several times a second whether the process is to be killed
     * @param messages receives each message in another thread, and returns whether it was the last one
     * @return how it ended; one that was overdue has timed out
     * @throws IOException if it cannot be started
     * @throws InterruptedException if the calling thread is interrupted, or this process is about to end; the process
     *     has then ended
     */
    public Ending runUntil(Program program, Predicate<ProcessHandle> overdue, Predicate<String> messages)
            throws IOException, InterruptedException {
        return carryOut(
                program,
                (process, event) -> {
                    while (!await(event, LOOK)) {
                        if (overdue.test(process)) {
                            return false;
                        }
                    }
                    return true;
                },
                messages);
    }

    /** Waits for an event of a process, and returns whether it happened in time. */
    private interface Waiting {
        boolean await(ProcessHandle process, CompletableFuture<?> event) throws InterruptedException;
    }

    private Ending carryOut(Program program, Waiting waiting, Predicate<String> messages)
            throws IOException, InterruptedException {
        String mark = "@catwalk-" + UUID.randomUUID() + " ";
        try (CappedLog log = CappedLog.open(program.log)) {
            Process process = start(program);
            running.add(process);
            try {
                CompletableFuture<Void> said = new CompletableFuture<>();
                MessageReader reader = new MessageReader(mark, log, message -> {
                    if (messages.test(message)) {
                        said.complete(null);
                    }
                });
                CompletableFuture<Void> out = readTo(process.getInputStream(), reader);
                CompletableFuture<Void> err =
                        readTo(process.getErrorStream(), (bytes, count) -> log.write(bytes, 0, count));
                greet(process, mark);
                boolean timedOut = !waiting.await(process.toHandle(), CompletableFuture.anyOf(process.onExit(), said));
                if (said.isDone()) {
                    process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS);
                }
                kill(process);
                int exitCode = process.waitFor();
                await(CompletableFuture.allOf(out, err), LAST_WORDS);
                if (isEnding(exitCode)) {
                    // A user who stops the program also stops its processes, so this says nothing about them.
                    throw new InterruptedException("the program was stopped");
                }
                return new Ending(exitCode, timedOut);
            } finally {
                kill(process);
                running.remove(process);
            }
        }
    }

    /**
     * Returns whether this process is about to end. If one of the signals that may go to both ended the other one, waits
     * a little to see: the signal may have been sent to the other one alone, and a plugin can end with the same exit code.
     */
    private boolean isEnding(int exitCode) throws InterruptedException {
        Duration time = Ending.STOPPED.contains(exitCode) ? SAME_SIGNAL : Duration.ZERO;
        return ending.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Process start(Program program) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command(program)).directory(program.folder.toFile());
        Map<String, String> environment = builder.environment();
        ChildEnvironment.keepOnlyWhatIsNeeded(environment);
        environment.putAll(program.environment);
        return builder.start();
    }

    private static List<String> command(Program program) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-Djava.awt.headless=true"));
        // Names of files and classes are UTF-8, whatever the locale is.
        command.addAll(List.of(
                "-Dfile.encoding=UTF-8",
                "-Dsun.jnu.encoding=UTF-8",
                "-Dstdout.encoding=UTF-8",
                "-Dstderr.encoding=UTF-8"));
        // A crash report of the JVM goes into that folder, not into the user's current folder.
        command.addAll(List.of(
                "-XX:ErrorFile=" + program.crashReport(),
                "-XX:+DisplayVMOutputToStderr",
                "-XX:-CreateCoredumpOnCrash"));
        command.addAll(JvmOptions.shared());
        command.addAll(program.jvmOptions);
        String extra = System.getenv("CATWALK_OPTS");
        if (extra != null && !extra.isBlank()) {
            command.addAll(List.of(extra.strip().split("\\s+")));
        }
        command.addAll(List.of("-cp", classPath(), program.mainClass));
        command.addAll(program.arguments);
        return command;
    }

    /** The process runs in another folder, where relative paths would have another meaning. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> new File(entry).getAbsolutePath())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Sends the process the mark of its messages, which no other code there knows. */
    private static void greet(Process process, String mark) {
        try {
            OutputStream in = process.getOutputStream();
            in.write((mark + "\n").getBytes(StandardCharsets.UTF_8));
            in.flush();
        } catch (IOException e) {
            LOG.debug("The process is over already", e);
        }
    }

    /** Receives bytes as they arrive. */
    interface Sink {

        /** Receives the first {@code count} bytes. */
        void take(byte[] bytes, int count);
    }

    private static CompletableFuture<Void> readTo(InputStream from, Sink sink) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        Thread reader = new Thread(
                () -> {
                    byte[] bytes = new byte[1 << 13];
                    try (from) {
                        for (int count = from.read(bytes); count >= 0; count = from.read(bytes)) {
                            sink.take(bytes, count);
                        }
                        over.complete(null);
                    } catch (IOException e) {
                        LOG.info("The output of a process broke off", e);
                        over.complete(null);
                    } catch (Throwable e) { // the caller that waits for the end gets any failure
                        over.completeExceptionally(e);
                    }
                },
                "process-output");
        reader.setDaemon(true);
        reader.start();
        return over;
    }

    /** Returns whether the event happened within the time. */
    private static boolean await(CompletableFuture<?> event, @Nullable Duration time) throws InterruptedException {
        try {
            if (time == null) {
                event.get();
            } else {
                event.get(
                        TimeUnit.MILLISECONDS.convert(time), TimeUnit.MILLISECONDS); // no overflow for a very long one
            }
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Kills what runs, because this process is about to end. */
    void end() {
        ending.countDown();
        running.forEach(ForkedJvm::kill);
    }

    /**
     * Kills through the handle, since {@link Process#destroyForcibly} would also close the pipe that the reader reads.
     */
    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.toHandle().destroyForcibly();
    }
}
