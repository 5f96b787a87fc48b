package io.catwalk.runner.remote;

import io.catwalk.runner.trial.TrialExecutor;
import java.io.IOException;
import java.nio.file.Files;
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
        cluster.close();
    }

    @Override
    TrialExecutor open() throws IOException, InterruptedException {
        return new SparkExecutor(
                new SparkExecutor.Settings(
                        cluster.home(),
                        cluster.master(),
                        SparkCluster.program(),
                        SparkCluster.program(),
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
}
