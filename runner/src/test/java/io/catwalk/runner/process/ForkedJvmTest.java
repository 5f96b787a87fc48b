package io.catwalk.runner.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
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
final class ForkedJvmTest {

    @TempDir
    private Path folder;

    private final List<String> messages = new CopyOnWriteArrayList<>();

    @Test
    void messagesArriveWhateverElseIsPrintedAndWhateverTheLocaleIs() throws Exception {
        ForkedJvm.Ending ending = run("chatters", Duration.ofSeconds(Long.MAX_VALUE)); // a limit that nobody reaches

        assertThat(messages).containsExactly("first: Größe 汉字 ✓", "last");
        assertThat(ending).isEqualTo(new ForkedJvm.Ending(7, false));
        assertThat(Files.readString(log())).contains("@catwalk forged", "unfinished", "on the error stream");
    }

    @Test
    void aMessageThatEndsEverythingIsWorthMoreThanAHangingEnd() throws Exception {
        long start = System.nanoTime();
        ForkedJvm jvm = new ForkedJvm(Duration.ofMillis(300));
        assertThat(jvm.run(program("hangs after the last word"), null, this::hear))
                .isEqualTo(new ForkedJvm.Ending(128 + 9, false));
        assertThat(messages).containsExactly("last");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    @Tag("long")
    void aProcessThatEndsAsByCtrlCStopsNothingElse() throws Exception {
        assertThat(run("ends as by Ctrl-C", null)).isEqualTo(new ForkedJvm.Ending(128 + 2, false));
    }

    /** When a terminal is closed or a scheduler ends a job, both processes get the signal. */
    @ParameterizedTest
    @ValueSource(strings = {"ends as by SIGHUP", "ends as by SIGTERM"})
    void aSignalToBothIsNoOutcomeOfTheOtherProcess(String what) {
        ForkedJvm jvm = new ForkedJvm();

        assertThatThrownBy(() -> jvm.run(program(what), null, message -> {
                    CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS)
                            .execute(jvm::end);
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
        FutureTask<ForkedJvm.Ending> ending =
                new FutureTask<>(() -> new ForkedJvm().run(program("says its id and hangs"), null, message -> {
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

    private ForkedJvm.Ending run(String what, @Nullable Duration timeout) throws IOException, InterruptedException {
        return new ForkedJvm().run(program(what), timeout, this::hear);
    }

    private boolean hear(String message) {
        messages.add(message);
        return message.equals("last");
    }

    private ForkedJvm.Program program(String what) {
        return new ForkedJvm.Program(
                Child.class.getName(),
                List.of(what),
                List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                Map.of("GIVEN", "1", "LC_ALL", "C"),
                folder,
                log());
    }

    private Path log() {
        return folder.resolve("log.txt");
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    static final class Child {

        private static final Map<String, Consumer<ParentPipe>> DEEDS = Map.of(
                "chatters", Child::chatter,
                "ends as by Ctrl-C", pipe -> System.exit(128 + 2),
                "ends as by SIGHUP", pipe -> sayAndExit(pipe, 128 + 1),
                "ends as by SIGTERM", pipe -> sayAndExit(pipe, 128 + 15),
                "hangs", pipe -> hang(),
                "hangs after the last word", Child::hangAtTheEnd,
                "says its id and hangs", Child::sayIdAndHang,
                "floods", Child::flood,
                "tells its environment", Child::tellEnvironment);

        private Child() {}

        public static void main(String[] arguments) {
            Objects.requireNonNull(DEEDS.get(arguments[0])).accept(ParentPipe.open(System.in));
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

        private static void tellEnvironment(ParentPipe pipe) {
            pipe.send(Path.of("").toAbsolutePath().toString());
            pipe.send(String.join(",", System.getenv().keySet()));
        }
    }
}
