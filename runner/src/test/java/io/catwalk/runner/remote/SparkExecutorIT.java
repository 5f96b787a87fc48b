package io.catwalk.runner.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.trial.TrialExecutor;
import io.catwalk.runner.trial.TrialOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Spark keeps the contract of executors, on two real workers. */
@Tag("long")
@EnabledIf("isThere")
final class SparkExecutorIT extends TrialExecutorContract {

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
        if (cluster != null) { // otherwise it did not start
            cluster.close();
        }
    }

    @Override
    TrialExecutor open() throws IOException, InterruptedException {
        return open(SparkCluster.program());
    }

    private TrialExecutor open(Path onWorkers) throws IOException, InterruptedException {
        return new SparkExecutor(
                new SparkExecutor.Settings(
                        cluster.home(),
                        cluster.master(),
                        SparkCluster.program(),
                        onWorkers,
                        folder.resolve("spark.log")),
                1,
                Packing.Images.PACKED);
    }

    @Override
    int slots() {
        return 64;
    }

    @Override
    void killTheWork() throws InterruptedException {
        Works.kill(cluster::executors);
    }

    /** It waits for the next order, and may be killed meanwhile. */
    @Test
    void aProgramThatIsKilledBetweenTwoTrialsIsStartedAnew() throws Exception {
        try (TrialExecutor executor = open()) {
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
        try (TrialExecutor executor = open(broken)) {
            assertThat(lost(executor, "broken"))
                    .endsWith(": catwalk work ended with exit code 9: no room left on the disk");
        }
        Path missing = folder.resolve("no-program");
        try (TrialExecutor executor = open(missing)) {
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
        try (TrialExecutor executor = open()) {
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

    private String lost(TrialExecutor executor, String name) throws Exception {
        TrialOutcome outcome = outcome(submit(executor, order("learns"), trial(name)));
        assertThat(outcome).isInstanceOf(TrialOutcome.Lost.class);
        return String.valueOf(outcome.error());
    }
}
