package io.catwalk.runner.remote;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.trial.Orders;
import io.catwalk.runner.trial.TrialExecutor;
import io.catwalk.runner.trial.TrialExecutor.TrialNews;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a trial when Spark breaks off; a script stands for Spark. */
@Tag("tiny")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "runs no scripts of sh")
final class SparkExecutorTest {

    @TempDir
    private Path folder;

    private TrialOrder order;

    @BeforeEach
    void makeAnOrder() throws IOException {
        Files.writeString(Files.createDirectory(folder.resolve("plugins")).resolve("any.jar"), "no jar");
        TinyImages.write(folder.resolve("tiny"));
        order = Orders.of(folder, "any", "tiny", 1, 1);
    }

    /** Opens a Spark that runs commands of the shell once it has got a trial. */
    private TrialExecutor open(String thenDoes) throws IOException {
        return open("echo '@catwalk ready'; read -r trial rest; " + thenDoes, Duration.ofMinutes(10));
    }

    private TrialExecutor open(String does, Duration patience) throws IOException {
        Path home = folder.resolve("spark");
        Path submit =
                Files.writeString(Files.createDirectories(home.resolve("bin")).resolve("spark-submit"), """
                #!/bin/sh
                echo "$@" >%s
                %s
                """.formatted(
                                folder.resolve("arguments"), does));
        Files.setPosixFilePermissions(submit, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path program = folder.resolve("program");
        Files.createFile(Files.createDirectories(program.resolve("spark")).resolve("gateway.jar"));
        return new SparkExecutor(
                new SparkApplication(home, "local", program, program, folder.resolve("spark.log"), 1), true, patience);
    }

    @Test
    void withoutATrialSparkIsNotStarted() throws Exception {
        open("").close();
        assertThat(folder.resolve("arguments")).doesNotExist();
    }

    @Test
    void whySparkDoesNotStartReachesTheUser() throws Exception {
        try (TrialExecutor executor = open("echo 'ERROR no such master' >&2", Duration.ofMinutes(10))) {
            assertThatThrownBy(() -> lost(executor, news -> {}))
                    .isInstanceOf(RequestException.class)
                    .hasMessageContaining("did not start: ERROR no such master; see ");
        }
    }

    @Test
    void anInterruptWhileSparkStartsCancelsTheTrial() throws Exception {
        try (TrialExecutor executor = open("read -r never", Duration.ofMinutes(10))) {
            Thread.currentThread().interrupt();
            TrialExecutor.Submitted submitted =
                    executor.submit(order, new TrialFolder(folder.resolve("trial")), news -> {});

            assertThat(Thread.interrupted()).isTrue();
            assertThatThrownBy(() -> submitted.outcome().get()).isInstanceOf(CancellationException.class);
        }
    }

    private String lost(TrialExecutor executor, Consumer<TrialNews> listener) throws Exception {
        TrialOutcome outcome = executor.submit(order, new TrialFolder(folder.resolve("trial")), listener)
                .outcome()
                .get(60, SECONDS);
        assertThat(outcome).isInstanceOf(TrialOutcome.Lost.class);
        return String.valueOf(outcome.error());
    }

    /** The driver prints what HotSpot prints. */
    @Test
    void aDriverThatRunsOutOfMemoryEndsAndTheUserIsToldWhatToTry() throws Exception {
        try (TrialExecutor executor =
                open("echo 'Terminating due to java.lang.OutOfMemoryError: Java heap space' >&2; exit 3")) {
            assertThat(lost(executor, news -> {}))
                    .contains("java.lang.OutOfMemoryError: Java heap space", "spark.driver.memory");
        }
        assertThat(folder.resolve("arguments")).content().contains("-XX:+ExitOnOutOfMemoryError");
    }

    /** The driver logs what Spark 4.2 logs when no worker has a JDK, and ends while one of two trials is handed over. */
    @Test
    void aDriverThatEndsInTheMiddleLosesAllTrialsAndPassesTheReasonOfTheWorkerOn() throws Exception {
        String client = "26/11/29 17:12:51 INFO StandaloneAppClient$ClientEndpoint: Executor ";
        Path words = Files.writeString(
                folder.resolve("words"),
                client + "added: app-1/9 on worker-2 (node7:39311) with 1 core(s)\n"
                        + client + "updated: app-1/9 is now FAILED (Error running executor: no /no/java/bin/java)\n"
                        + "26/11/29 17:12:52 ERROR StandaloneSchedulerBackend: Application has been killed. Reason:"
                        + " Master removed our application: FAILED\n"
                        + "26/11/29 17:12:59 WARN BlockManager: Putting failed due to exception NoSuchFileException\n");
        String reason = "the Spark application ended: Master removed our application: FAILED; the last executor, on"
                + " node7:39311: Error running executor: no /no/java/bin/java";
        try (TrialExecutor executor = open("read -r second; cat " + words + " >&2; exit 1")) {
            assertThat(executor.isOver()).isFalse();
            TrialExecutor.Submitted first =
                    executor.submit(order, new TrialFolder(folder.resolve("first")), news -> {});
            assertThat(lost(executor, news -> {})).isEqualTo(reason);
            assertThat(first.outcome().get(60, SECONDS).error()).isEqualTo(reason);
            assertThat(executor.isOver()).isTrue();
            assertThat(lost(executor, news -> {})).isEqualTo(reason);
        }
    }

    @Test
    void aSparkThatBeginsNoTrialIsToldOfOnce() throws Exception {
        BlockingQueue<TrialNews> heard = new LinkedBlockingQueue<>();
        try (TrialExecutor executor =
                open("echo '@catwalk ready'; read -r more; read -r more", Duration.ofMillis(50))) {
            var unused = executor.submit(order, new TrialFolder(folder.resolve("trial")), heard::add);

            assertThat(heard.poll(60, SECONDS))
                    .isInstanceOfSatisfying(
                            TrialNews.Stalled.class,
                            stalled -> assertThat(stalled.reason())
                                    .contains(" s no trial has begun (is a worker free with 1 of its cores"));
            assertThat(heard.poll(300, MILLISECONDS)).isNull();
        }
    }

    /** A class that is gone after an update stands for any error. */
    @Test
    void anErrorWhileTheOutputIsReadLosesTheTrials() throws Exception {
        try (TrialExecutor executor = open("printf '@catwalk %s\\tstarted\\tnode\\n' $trial; read -r more")) {
            assertThat(lost(executor, news -> {
                        throw new NoClassDefFoundError("gone");
                    }))
                    .isEqualTo("the output of Spark could not be read: NoClassDefFoundError: gone");
        }
    }
}
