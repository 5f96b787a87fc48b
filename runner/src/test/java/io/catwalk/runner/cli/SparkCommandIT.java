package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import io.catwalk.runner.remote.SparkCluster;
import io.catwalk.runner.remote.Works;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The installed program, on a real Spark with two workers. */
@Tag("long")
@EnabledIf("isThere")
@Timeout(600)
final class SparkCommandIT {

    @TempDir
    private static Path shared;

    private static SparkCluster cluster;

    @TempDir
    private Path folder;

    static boolean isThere() {
        return SparkCluster.jars() != null;
    }

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        Path plugins = Files.createDirectory(shared.resolve("plugins"));
        TestPlugin.building(
                        "learns",
                        "return Layers.sequence(Layers.flatten(), Layers.dense(16), Layers.dropout(0.2),"
                                + " Layers.dense(task.classes()));")
                .write(plugins.resolve("learns.jar"));
        TestPlugin.building(
                        "other",
                        "return Layers.sequence(Layers.flatten(), Layers.dense(8), Layers.dropout(0.2),"
                                + " Layers.dense(task.classes()));")
                .write(plugins.resolve("other.jar"));
        TinyImages.write(shared.resolve("tiny"), 1200);
        cluster = SparkCluster.start(Files.createTempDirectory("spark"));
    }

    @AfterAll
    static void stop() throws IOException {
        if (cluster != null) { // otherwise it did not start
            cluster.close();
        }
    }

    private ProcessBuilder compare(Path out, @Nullable Path sparkHome, String... more) {
        List<String> command = new ArrayList<>(List.of(
                SparkCluster.program().resolve("bin/catwalk").toString(),
                "compare",
                "learns",
                "other",
                "--dataset",
                shared.resolve("tiny").toString(),
                "--plugins-dir",
                shared.resolve("plugins").toString(),
                "--epochs",
                "10",
                "--batch-size",
                "16",
                "--seeds",
                "3",
                "--threads",
                "1",
                "--no-latency",
                "--out",
                out.toString()));
        command.addAll(List.of(more));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().remove("SPARK_HOME");
        if (sparkHome != null) {
            builder.environment().put("SPARK_HOME", sparkHome.toString());
        }
        return builder;
    }

    private static List<String> weights(Path run) throws IOException {
        List<String> digests = new ArrayList<>();
        for (String classifier : List.of("learns", "other")) {
            for (int seed = 1; seed <= 3; seed++) {
                Path trial = run.resolve("trials/" + classifier + "/" + seed + "-0");
                digests.add(Sha256.of(trial.resolve("model/network-0000.params"))
                        + Sha256.of(trial.resolve("predictions.csv"))
                        + Sha256.of(trial.resolve("model.onnx")));
            }
        }
        return digests;
    }

    private Path local() throws IOException, InterruptedException {
        Path local = folder.resolve("local");
        Catwalk.Answer answer = Catwalk.finish(compare(local, null));
        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        return local;
    }

    /** Spark copies the program to the workers, as to machines without an installation. */
    @Test
    void sixTrialsOnTwoWorkersComeToTheBitsOfALocalRun() throws Exception {
        Path run = folder.resolve("run");
        Catwalk.Answer answer = Catwalk.finish(compare(run, cluster.home().path(), "--on", cluster.master()));

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(answer.err()).contains("learns seed 1: started on ").contains("other seed 3: epoch 10 of 10");
        assertThat(weights(run)).isEqualTo(weights(local()));
        assertThat(run.resolve("report.html")).exists();
        assertThat(run.resolve("spark.log")).exists();
    }

    @Test
    @Tag("nightly")
    void anExecutorThatIsKilledCostsNothingButTime() throws Exception {
        Path run = folder.resolve("run");
        ProcessBuilder builder = compare(run, cluster.home().path(), "--on", cluster.master());
        builder.environment().put("CATWALK_WORKER_HOME", SparkCluster.program().toString());
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve("out.txt").toFile())
                .start();
        try {
            Works.kill(() -> cluster.executors()
                    .filter(one -> one.info().commandLine().orElse("").contains("/crash.log "))
                    .limit(1)
                    .flatMap(SparkCommandIT::upToTheExecutor));
            assertThat(process.waitFor(500, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(folder.resolve("out.txt"))
                .content()
                .contains("was lost and is tried again: ")
                .contains(", attempt 2");
        assertThat(process.exitValue()).isEqualTo(ExitCode.DONE);
        assertThat(weights(run)).isEqualTo(weights(local()));
    }

    /** Returns the trial, the program around it, and the executor around that. */
    private static Stream<ProcessHandle> upToTheExecutor(ProcessHandle trial) {
        ProcessHandle program = trial.parent().orElseThrow();
        return Stream.of(program.parent().orElseThrow(), trial);
    }

    /** Kills the command itself, an executor or a worker, each after a random number of the run's 60 epochs. */
    @Test
    @Timeout(3600)
    @Tag("nightly")
    void whateverIsKilledWheneverItIsTheRunEndsWithTheSameBits() throws Exception {
        List<String> undisturbed = weights(local());
        long seed = Long.getLong("catwalk.spark.seed", 20261126);
        SplittableRandom random = new SplittableRandom(seed);
        int kills = Integer.getInteger("catwalk.spark.kills", 3);
        for (int kill = 0; kill < kills; kill++) {
            Path run = folder.resolve("run-" + kill);
            Path said = folder.resolve("said-" + kill + ".txt");
            Process process = start(compare(run, cluster.home().path(), "--on", cluster.master()), said);
            int epochs = random.nextInt(50);
            awaitEpochs(epochs, said, process);
            String victim = List.of("command", "executor", "worker").get(kill % 3);
            int worker = random.nextInt(1, 3);
            boolean struck = switch (victim) {
                case "command" -> process.destroyForcibly() != null;
                case "executor" -> cluster.killExecutors(worker);
                default -> cluster.replace(worker);
            };
            String what = String.format("kill %d of seed %d: %s after %d epochs", kill, seed, victim, epochs);
            assertThat(struck).as("%s had something to kill", what).isTrue();
            assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
            if (process.exitValue() != ExitCode.DONE) {
                assertThat(start(resume(run), said).waitFor())
                        .as("resume after %s", what)
                        .isZero();
            }
            assertThat(weights(run)).as(what).isEqualTo(undisturbed);
        }
    }

    /** Even before the first epoch the run can be resumed, as soon as the first trial has started. */
    private static void awaitEpochs(int epochs, Path said, Process process) throws Exception {
        String words = epochs == 0 ? ": started on " : ": epoch ";
        while (process.isAlive()
                && Files.readAllLines(said).stream()
                                .filter(line -> line.contains(words))
                                .count()
                        < Math.max(1, epochs)) {
            Thread.sleep(20); // there is no notification when a file has grown
        }
        assertThat(process.isAlive()).as("%s", said).isTrue();
    }

    private ProcessBuilder resume(Path run) {
        ProcessBuilder resume = compare(run, cluster.home().path());
        resume.command(List.of(
                SparkCluster.program().resolve("bin/catwalk").toString(),
                "resume",
                run.toString(),
                "--on",
                cluster.master(),
                "--plugins-dir",
                shared.resolve("plugins").toString(),
                "--no-latency"));
        return resume;
    }

    private static Process start(ProcessBuilder builder, Path said) throws IOException {
        builder.environment().put("CATWALK_WORKER_HOME", SparkCluster.program().toString());
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(said.toFile()))
                .start();
    }

    /** The master gives up on an application when ten of its executors have failed, and Spark stops in the middle. */
    @Test
    @Timeout(300)
    void workersThatCannotStartExecutorsLoseAllTrialsAndSayWhy() throws Exception {
        try (SparkCluster broken = SparkCluster.start(Files.createTempDirectory("spark"), "/no/java")) {
            Path run = folder.resolve("run");
            ProcessBuilder compare = compare(run, broken.home().path(), "--on", broken.master());
            compare.environment()
                    .put("CATWALK_WORKER_HOME", SparkCluster.program().toString());

            Catwalk.Answer answer = Catwalk.finish(compare);

            assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.SOME_FAILED);
            assertThat(answer.err()).contains("Cannot run program \"/no/java/bin/java\"");
            assertThat(answer.err()).doesNotContain("stopped SparkContext").doesNotContain("tried again");
        }
    }

    @Test
    void whatSparkLacksIsSaidInALineBeforeAnythingIsWritten() throws Exception {
        Path run = folder.resolve("run");
        assertRefused(
                compare(run, null, "--on", cluster.master()),
                "--on needs Apache Spark 4 on this machine, but SPARK_HOME is not set: unpack it from");
        assertRefused(
                compare(run, folder, "--on", cluster.master()),
                "SPARK_HOME, " + folder + ", has no jars/spark-core_*.jar");
        Path old = Files.createDirectories(folder.resolve("old/jars"));
        Files.createFile(old.resolve("spark-core_2.12-3.5.1.jar"));
        Path submit = Files.createFile(
                Files.createDirectory(folder.resolve("old/bin")).resolve("spark-submit"));
        assertThat(submit.toFile().setExecutable(true)).isTrue();
        assertRefused(compare(run, folder.resolve("old"), "--on", cluster.master()), "has version 3.5.1");
        assertRefused(
                compare(run, cluster.home().path(), "--on", "spark://localhost:1"),
                "expected a Spark master, but nobody answers at localhost:1");
        assertRefused(
                compare(run, cluster.home().path(), "--on", "spark://nowhere"),
                "expected a master such as spark://host:7077, but found");
        assertRefused(
                compare(run, cluster.home().path(), "--on", cluster.master(), "--in-process"),
                "--on trains on a cluster: leave --in-process out");
    }

    private void assertRefused(ProcessBuilder builder, String words) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Catwalk.Answer answer = Catwalk.finish(builder);
        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err()).contains(words);
        assertThat(answer.err().strip()).doesNotContain("\n");
        assertThat((System.nanoTime() - start) / 1e9).isLessThan(30);
    }
}
