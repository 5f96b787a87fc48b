package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import io.catwalk.runner.remote.SparkCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

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
        for (String name : List.of("learns", "other")) {
            String network = "return Layers.sequence(Layers.flatten(), Layers.dense(%d), Layers.dropout(0.2),"
                    + " Layers.dense(task.classes()));";
            TestPlugin.building(name, network.formatted(name.equals("learns") ? 16 : 8))
                    .write(plugins.resolve(name + ".jar"));
        }
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
        List<String> command = new ArrayList<>(List.of(SparkCluster.program() + "/bin/catwalk"));
        String run =
                "compare learns other --dataset %s/tiny --plugins-dir %s/plugins --out %s --epochs 10 --batch-size 16"
                        + " --seeds 2 --threads 1 --no-latency";
        command.addAll(List.of(Catwalk.words(run, shared, shared, out)));
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
        for (String trial : List.of("learns/1-0", "learns/2-0", "other/1-0", "other/2-0")) {
            for (String file : List.of("model/network-0000.params", "predictions.csv", "model.onnx")) {
                digests.add(Sha256.of(run.resolve("trials").resolve(trial).resolve(file)));
            }
        }
        return digests;
    }

    private Path local() throws IOException, InterruptedException {
        Path local = folder.resolve("local");
        Catwalk.finish(compare(local, null)).done();
        return local;
    }

    /** Spark copies the program to the workers, as to machines without an installation. */
    @Test
    void fourTrialsOnTwoWorkersComeToTheBitsOfALocalRun() throws Exception {
        Path run = folder.resolve("run");
        ProcessBuilder compare = compare(run, cluster.home(), "--on", cluster.master());

        assertThat(Catwalk.finish(compare).done().err())
                .contains("learns seed 1: started on ", "other seed 2: epoch 10 of 10");
        assertThat(weights(run)).isEqualTo(weights(local()));
        assertThat(run.resolve("report.html")).exists();
        assertThat(run.resolve("spark.log")).exists();
    }

    /** Kills the command itself, an executor or a worker, each after a random number of the run's 40 epochs. */
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
            Process process = start(compare(run, cluster.home(), "--on", cluster.master()), said);
            int epochs = random.nextInt(32);
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
        while (process.isAlive() && Files.readString(said).split(words, -1).length <= Math.max(1, epochs)) {
            Thread.sleep(20); // there is no notification when a file has grown
        }
        assertThat(process.isAlive()).as("%s", said).isTrue();
    }

    private ProcessBuilder resume(Path run) {
        String words = SparkCluster.program() + "/bin/catwalk resume %s --on %s --plugins-dir %s/plugins --no-latency";
        return compare(run, cluster.home()).command(Catwalk.words(words, run, cluster.master(), shared));
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
            ProcessBuilder compare = compare(run, broken.home(), "--on", broken.master());
            compare.environment()
                    .put("CATWALK_WORKER_HOME", SparkCluster.program().toString());

            assertThat(Catwalk.finish(compare).exits(ExitCode.SOME_FAILED).err())
                    .contains("Cannot run program \"/no/java/bin/java\"")
                    .doesNotContain("stopped SparkContext", "tried again");
        }
    }

    @Test
    void whatSparkLacksIsSaidInALineBeforeAnythingIsWritten() throws Exception {
        Path run = folder.resolve("run");
        Path home = cluster.home();
        String master = cluster.master();
        Path old = folder.resolve("old");
        Files.createFile(Files.createDirectories(old.resolve("jars")).resolve("spark-core_2.12-3.5.1.jar"));
        Path submit = Files.createFile(Files.createDirectory(old.resolve("bin")).resolve("spark-submit"));
        assertThat(submit.toFile().setExecutable(true)).isTrue();

        assertRefused(compare(run, null, "--on", master), "--on", "SPARK_HOME");
        assertRefused(compare(run, folder, "--on", master), "SPARK_HOME", "" + folder, "spark-core_*.jar");
        assertRefused(compare(run, old, "--on", master), "3.5.1");
        assertRefused(compare(run, home, "--on", "spark://localhost:1"), "localhost:1");
        assertRefused(compare(run, home, "--on", "spark://nowhere"), "spark://host:7077");
        assertRefused(compare(run, home, "--on", master, "--in-process"), "--in-process");
    }

    private static void assertRefused(ProcessBuilder builder, String... facts) throws Exception {
        long start = System.nanoTime();
        Catwalk.finish(builder).refused(facts);
        assertThat((System.nanoTime() - start) / 1e9).isLessThan(30);
    }
}
