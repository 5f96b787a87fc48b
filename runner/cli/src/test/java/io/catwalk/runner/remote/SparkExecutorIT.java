package io.catwalk.runner.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.trial.TrialExecutor;
import io.catwalk.runner.trial.TrialExecutor.TrialNews;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialOutcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Spark keeps the contract of executors, on two real workers. */
@Tag("long")
@EnabledIf("isThere")
final class SparkExecutorIT extends TrialExecutorContract {

    /** 127.0.0.1 of version 4, and within version 6. */
    private static final Set<String> LOOPBACK = Set.of("0100007F", "0000000000000000FFFF00000100007F");

    /** State of a socket in the kernel's table. */
    private static final String LISTENS = "0A";

    private static SparkCluster cluster;

    static boolean isThere() {
        return SparkCluster.jars() != null;
    }

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        cluster = SparkCluster.start(Files.createTempDirectory("spark"));
    }

    @AfterAll
    static void stop() throws IOException {
        closeApplication();
        if (cluster != null) { // otherwise it did not start
            cluster.close();
        }
    }

    /** One application of Spark for all trials that leave it as it is. */
    private static @Nullable TrialExecutor application;

    @Override
    protected TrialExecutor open() throws IOException, InterruptedException {
        TrialExecutor kept = application == null || application.isOver() ? openAnew() : application;
        application = kept;
        return new TrialExecutor() {
            @Override
            public int slots() {
                return kept.slots();
            }

            @Override
            public Submitted submit(TrialOrder order, TrialFolder trial, Consumer<TrialNews> listener) {
                return kept.submit(order, trial, listener);
            }

            @Override
            public void close() {}
        };
    }

    @Override
    protected TrialExecutor openAnew() throws IOException, InterruptedException {
        return open(cluster.master(), SparkCluster.program());
    }

    /** An application takes all cores of the workers. */
    private static void closeApplication() {
        if (application != null) {
            application.close();
            application = null;
        }
    }

    private TrialExecutor open(String master, Path onWorkers) throws IOException, InterruptedException {
        closeApplication();
        return new SparkExecutor(
                new SparkApplication(
                        cluster.home(), master, SparkCluster.program(), onWorkers, shared.resolve("spark.log"), 1),
                false,
                Duration.ofMinutes(2));
    }

    @Override
    protected int slots() {
        return 64;
    }

    @Override
    protected void killTheWork() throws InterruptedException {
        Works.kill(cluster::executors);
    }

    /** It waits for the next order, and may be killed meanwhile. */
    @Test
    void aProgramThatIsKilledBetweenTwoTrialsIsStartedAnew() throws Exception {
        try (TrialExecutor executor = openAnew()) {
            done(executor, trial("before"));
            cluster.killWhatExecutorsStarted();
            done(executor, trial("after"));
            done(executor, trial("once more"));
        }
    }

    /** A program that cannot start stands for a worker without a JDK or room on its disk. */
    @Test
    void aWorkerThatCannotStartTheProgramLosesTheTrialAndSaysWhy() throws Exception {
        Path broken = folder.resolve("broken-program");
        Files.writeString(
                Files.createDirectories(broken.resolve("bin")).resolve("catwalk"),
                "echo 'first words' >&2; echo 'no room left on the disk' >&2; exit 9");
        try (TrialExecutor executor = open(cluster.master(), broken)) {
            assertThat(lost(executor, "broken"))
                    .endsWith(": catwalk work ended with exit code 9: no room left on the disk");
        }
        Path missing = folder.resolve("no-program");
        try (TrialExecutor executor = open(cluster.master(), missing)) {
            assertThat(lost(executor, "missing")).endsWith(": there is no program " + missing.resolve("bin/catwalk"));
        }
    }

    /**
     * Nobody clears the folder for temporary files; an executor has one of its own. The program that an executor starts
     * ends with it, and deletes the files of its trial.
     */
    @Test
    void executorsLeaveNoTemporaryFiles() throws Exception {
        Path files;
        try (TrialExecutor executor = openAnew()) {
            done(executor, trial("done"));
            cluster.killWhatExecutorsStarted();
            done(executor, trial("once more"));
            submit(executor, order("hangs"), trial("killed"));
            Path trial = Works.folder(cluster::executors);
            assertThat(trial).exists();
            files = trial.getParent();
            cluster.killExecutors(1);
            cluster.killExecutors(2);
        }
        for (int i = 0; i < 300 && Files.exists(files); i++) {
            Thread.sleep(100); // nobody is notified when a program has ended that the executor started
        }
        assertThat(files).as("the folder of the program's temporary files").doesNotExist();
    }

    /** Spark that starts its own executors here: nobody else can connect to it, nor read the secret of its processes. */
    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc")
    void whatSparkStartsHereHasASecretAndNoPortForOthers() throws Exception {
        try (TrialExecutor executor = open("local-cluster[1,1,1024]", SparkCluster.program())) {
            submit(executor, order("hangs"), trial("hangs"));
            Path unused = Works.folder(() -> ProcessHandle.current().descendants());
            List<Path> processes = ProcessHandle.current()
                    .descendants()
                    .map(process -> Path.of("/proc", Long.toString(process.pid())))
                    .toList();

            Matcher secret = null;
            for (Path process : processes) {
                Matcher found =
                        Pattern.compile("_SPARK_AUTH_SECRET=([0-9a-f]{64})\0").matcher(read(process, "environ"));
                secret = found.find() ? found : secret;
            }
            String known = Objects.requireNonNull(secret, "expected a secret").group(1);
            for (Path process : processes) {
                assertThat(read(process, "cmdline")).doesNotContain(known);
            }
            assertThat(ports(processes)).isNotEmpty().allMatch(LOOPBACK::contains, "an address of this machine alone");
        }
    }

    private static String read(Path process, String file) {
        try {
            return Files.readString(process.resolve(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) { // it has ended
            return "";
        }
    }

    /** Lists the addresses at which processes listen, as the kernel writes them. */
    private static List<String> ports(List<Path> processes) throws IOException {
        Set<String> sockets = new HashSet<>();
        for (Path process : processes) {
            try (Stream<Path> files = Files.list(process.resolve("fd"))) {
                for (Path file : files.toList()) {
                    sockets.add(Files.readSymbolicLink(file).toString());
                }
            } catch (NoSuchFileException e) {
                // the process has ended, or closed the file
            }
        }
        List<String> addresses = new ArrayList<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] words = line.strip().split(" +", -1); // number, address:port, remote, state, ..., inode
                if (words[3].equals(LISTENS) && sockets.contains("socket:[" + words[9] + "]")) {
                    addresses.add(words[1].substring(0, words[1].indexOf(':')));
                }
            }
        }
        return addresses;
    }

    private String lost(TrialExecutor executor, String name) throws Exception {
        TrialOutcome outcome = outcome(submit(executor, order("learns"), trial(name)));
        assertThat(outcome).isInstanceOf(TrialOutcome.Lost.class);
        return String.valueOf(outcome.error());
    }
}
