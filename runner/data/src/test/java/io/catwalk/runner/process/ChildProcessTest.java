package io.catwalk.runner.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.runner.process.ChildProcess.Limit;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs badly behaved programs in processes of their own. */
final class ChildProcessTest {

    @TempDir
    private Path folder;

    private final List<String> messages = new CopyOnWriteArrayList<>();

    @Test
    void messagesArriveWhateverElseIsPrintedAndWhateverTheLocaleIs() throws Exception {
        ChildProcess.Ending ending = run("chatters", Duration.ofSeconds(Long.MAX_VALUE)); // a limit that nobody reaches

        assertThat(messages).containsExactly("first: Größe 汉字 ✓", "last");
        assertThat(ending).isEqualTo(ended(7));
        assertThat(Files.readString(log())).contains("@catwalk forged", "unfinished", "on the error stream");
    }

    @Test
    void aMessageThatEndsEverythingIsWorthMoreThanAHangingEnd() throws Exception {
        long start = System.nanoTime();
        assertThat(process("hangs after the last word")
                        .withGrace(Duration.ofMillis(300))
                        .run(log(), Limit.time(null), String.class, this::hear))
                .isEqualTo(ended(128 + 9));
        assertThat(messages).containsExactly("last");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    @Tag("long")
    void aProcessThatEndsAsByCtrlCStopsNothingElse() throws Exception {
        assertThat(run("ends as by Ctrl-C", null)).isEqualTo(ended(128 + 2));
    }

    /** When a terminal is closed or a scheduler ends a job, both processes get the signal. */
    @ParameterizedTest
    @ValueSource(strings = {"ends as by SIGHUP", "ends as by SIGTERM"})
    void aSignalToBothIsNoOutcomeOfTheOtherProcess(String what) {
        ChildProcess.Family family = new ChildProcess.Family();

        assertThatThrownBy(() -> process(what).of(family).run(log(), Limit.time(null), String.class, message -> {
                    CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS)
                            .execute(family::end);
                    return false;
                }))
                .isInstanceOf(InterruptedException.class);
    }

    @Test
    void whatHangsIsKilledInTime() throws Exception {
        assertThat(run("hangs", Duration.ofMillis(300)).timedOut()).isTrue();
    }

    @Test
    void anInterruptKillsTheProcessThatRuns() throws Exception {
        CountDownLatch runs = new CountDownLatch(1);
        FutureTask<ChildProcess.Ending> ending = new FutureTask<>(
                () -> process("says its id and hangs").run(log(), Limit.time(null), String.class, message -> {
                    messages.add(message);
                    runs.countDown();
                    return false;
                }));
        Thread thread = new Thread(ending);
        thread.start();
        assertThat(runs.await(1, TimeUnit.MINUTES)).isTrue();
        ProcessHandle process =
                ProcessHandle.of(Long.parseLong(messages.get(0))).orElseThrow();
        assertThat(process.isAlive()).isTrue();

        thread.interrupt();
        thread.join();

        process.onExit().get(10, TimeUnit.SECONDS);
        assertThat(ending)
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(InterruptedException.class);
    }

    /** What reads the messages is our own code: a fault of it is nothing that the process has done. */
    @Test
    void aFailureOfWhoeverHearsAMessageReachesWhoeverWaits() {
        AssertionError fault = new AssertionError("a fault of the listener");

        assertThatThrownBy(() -> process("says its id and hangs")
                        .run(log(), Limit.time(Duration.ofMinutes(1)), String.class, message -> {
                            messages.add(message);
                            throw fault;
                        }))
                .isInstanceOf(IllegalStateException.class)
                .hasCause(fault);
        ProcessHandle.of(Long.parseLong(messages.get(0)))
                .ifPresent(process -> assertThat(process.onExit()).succeedsWithin(Duration.ofSeconds(10)));
    }

    /** 60 MB on each stream, without a line break. */
    @Test
    void whatNeverEndsALineTakesNoMemory() throws Exception {
        long before = used();
        run("floods", null);
        assertThat(used() - before).isLessThan(30L << 20);
        assertThat(messages).containsExactly("last");
        assertThat(Files.size(log())).isBetween(10_000_000L, 10_200_000L);
        // The last words on one stream; the other may be read later.
        assertThat(Files.readString(log())).contains("the log is limited to 10000000 bytes", "the end\n");
    }

    @Test
    void aProcessSeesFewVariablesAndItsOwnFolder() throws Exception {
        run("tells its environment", null);

        assertThat(messages.get(0)).isEqualTo(folder.toRealPath().toString());
        assertThat(messages.get(1).split(","))
                .contains("PATH", "ORT_DISABLE_TELEMETRY", "GIVEN")
                .allMatch(name -> name.matches("[A-Z_0-9]+"));
    }

    @Test
    void secretsStayHereAndWhatALibraryNeedsGoesAlong() {
        Map<String, String> environment = new HashMap<>(Map.of(
                "AWS_SECRET_ACCESS_KEY", "x",
                "GITHUB_TOKEN", "x",
                "https_proxy", "http://user:password@proxy",
                "Path", "windows",
                "OMP_NUM_THREADS", "2",
                "DJL_CACHE_DIR", "/cache",
                "LC_CTYPE", "POSIX"));
        ChildEnvironment.keepOnlyWhatIsNeeded(environment);
        String kept = "Path OMP_NUM_THREADS DJL_CACHE_DIR LC_CTYPE LANG LC_ALL ORT_DISABLE_TELEMETRY";
        assertThat(environment)
                .containsOnlyKeys(kept.split(" "))
                .containsEntry("LC_ALL", "C.UTF-8")
                .containsEntry("ORT_DISABLE_TELEMETRY", "1");
        Map<String, String> german = new HashMap<>(Map.of("LANG", "de_DE.UTF-8"));
        ChildEnvironment.keepOnlyWhatIsNeeded(german);
        assertThat(german).containsEntry("LANG", "de_DE.UTF-8").doesNotContainKey("LC_ALL");
    }

    /** Silence is told from a long time: the process says a word fifteen times in three seconds, and then none. */
    @Test
    @Tag("long")
    void whatFallsSilentIsKilledAndWhatGoesOnIsNot() throws Exception {
        ChildProcess.Ending ending =
                process("goes on and falls silent").run(log(), ChildProcessTest::isSilent, String.class, this::hear);

        assertThat(ending.timedOut()).isTrue();
        assertThat(messages).hasSize(15);
    }

    /** The signs of life are on the error output, which has other lines, too. */
    @Test
    void whatBeatsIsNotSilent() throws Exception {
        List<String> out = new CopyOnWriteArrayList<>();
        List<String> err = new CopyOnWriteArrayList<>();

        assertThat(process("beats on its error output")
                        .run(ChildProcessTest::isSilent, messages::add, out::add, err::add)
                        .exitCode())
                .isEqualTo(3);

        assertThat(messages).hasSizeGreaterThanOrEqualTo(14).containsOnly("");
        assertThat(out).containsExactly("first", "", "last");
        assertThat(err).containsExactly("a note", "", "unfinished");
    }

    @Tag("long")
    @Test
    void whatClosesTheStreamOfItsMessagesAndGoesOnIsKilled() throws Exception {
        ChildProcess.Ending ending = run("closes its output", null);
        assertThat(ending.isMute()).isTrue();
        assertThat(ending.timedOut()).isFalse();
    }

    @Test
    void anyProgramHasNoInputAndTheEndOfItsOutputIsKept() throws Exception {
        String script = "cat; echo \"$GIVEN\"; head -c 300000 /dev/zero | tr '\\0' x >&2; echo end >&2; exit 4";
        ChildProcess.Ending ending = ChildProcess.program(List.of("sh", "-c", script))
                .with(Map.of("GIVEN", "1"))
                .in(folder)
                .run(Duration.ofMinutes(1));
        assertThat(ending.exitCode()).isEqualTo(4);
        assertThat(ending.out()).isEqualTo("1\n");
        assertThat(ending.err()).endsWith("xend\n").hasSizeBetween(1 << 16, 1 << 17);
        assertThat(ChildProcess.program(List.of("sleep", "60"))
                        .run(Duration.ofMillis(300))
                        .timedOut())
                .isTrue();
    }

    private ChildProcess.Ending run(String what, @Nullable Duration timeout) throws IOException, InterruptedException {
        return process(what).run(log(), Limit.time(timeout), String.class, this::hear);
    }

    /** A busy machine may take long to start a JVM. */
    private static boolean isSilent(ProcessHandle process, Duration time, Duration silence) {
        return !silence.equals(time) && silence.compareTo(Duration.ofSeconds(2)) >= 0;
    }

    private static ChildProcess.Ending ended(int exitCode) {
        return new ChildProcess.Ending(exitCode, false, false, "", "");
    }

    private boolean hear(String message) {
        messages.add(message);
        return message.equals("last");
    }

    private ChildProcess process(String what) {
        return ChildProcess.jvm(Child.class, List.of("-Xmx64m", "-XX:TieredStopAtLevel=1"), List.of(what))
                .with(Map.of("GIVEN", "1", "LC_ALL", "C"))
                .in(folder);
    }

    private Path log() {
        return folder.resolve("log.txt");
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** Behaves as its argument says: here, what is printed and how long it takes is the matter of the tests. */
    static final class Child {

        private static final Map<String, Consumer<ParentPipe>> DEEDS = Map.ofEntries(
                Map.entry("chatters", Child::chatter),
                Map.entry("ends as by Ctrl-C", pipe -> System.exit(128 + 2)),
                Map.entry("ends as by SIGHUP", pipe -> sayAndExit(pipe, 128 + 1)),
                Map.entry("ends as by SIGTERM", pipe -> sayAndExit(pipe, 128 + 15)),
                Map.entry("hangs", pipe -> hang()),
                Map.entry("hangs after the last word", Child::hangAtTheEnd),
                Map.entry("says its id and hangs", Child::sayIdAndHang),
                Map.entry("floods", Child::flood),
                Map.entry("tells its environment", Child::tellEnvironment),
                Map.entry("goes on and falls silent", Child::fallSilent),
                Map.entry("beats on its error output", Child::beat),
                Map.entry("closes its output", pipe -> closeOutput()));

        private Child() {}

        public static void main(String[] arguments) {
            Objects.requireNonNull(DEEDS.get(arguments[0]))
                    .accept(ParentPipe.open(
                            System.in,
                            arguments[0].contains("error output") ? FileDescriptor.err : FileDescriptor.out));
        }

        private static void chatter(ParentPipe pipe) {
            PrintStream raw = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
            System.err.println("on the error stream"); // first: later, it could stand within a line of the other stream
            raw.println("@catwalk forged");
            raw.print("unfinished");
            pipe.send("first: Größe 汉字 ✓");
            pipe.send("last");
            System.exit(7);
        }

        private static void sayAndExit(ParentPipe pipe, int exitCode) {
            pipe.send("about to end");
            System.exit(exitCode);
        }

        private static void hangAtTheEnd(ParentPipe pipe) {
            Runtime.getRuntime().addShutdownHook(new Thread(Child::hang));
            pipe.send("last");
        }

        private static void sayIdAndHang(ParentPipe pipe) {
            pipe.send(Long.toString(ProcessHandle.current().pid()));
            hang();
        }

        private static void hang() {
            while (true) {
                LockSupport.park();
            }
        }

        private static void flood(ParentPipe pipe) {
            byte[] bytes = new byte[1 << 20];
            Arrays.fill(bytes, (byte) 'x');
            PrintStream raw = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
            for (int i = 0; i < 60; i++) {
                raw.write(bytes, 0, bytes.length);
                System.err.write(bytes, 0, bytes.length);
            }
            pipe.send("last");
            System.err.println("the end");
        }

        private static void fallSilent(ParentPipe pipe) {
            for (int i = 0; i < 15; i++) {
                pipe.send("word");
                sleep(200);
            }
            hang();
        }

        private static void beat(ParentPipe pipe) {
            CountDownLatch beats = new CountDownLatch(15);
            pipe.beatWhile(() -> {
                beats.countDown();
                return true;
            });
            System.out.print("first\n\nlast");
            System.err.print("a note\n\n");
            try {
                beats.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            System.err.print("unfinished");
            System.exit(3);
        }

        private static void closeOutput() {
            try (var closed = new FileOutputStream(FileDescriptor.out)) {
                closed.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            hang();
        }

        private static void sleep(long millis) {
            try {
                Thread.sleep(millis); // a process that works, and is not heard
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private static void tellEnvironment(ParentPipe pipe) {
            pipe.send(Path.of("").toAbsolutePath().toString());
            pipe.send(String.join(",", System.getenv().keySet()));
        }
    }
}
