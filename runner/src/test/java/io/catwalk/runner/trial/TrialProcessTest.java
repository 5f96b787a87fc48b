package io.catwalk.runner.trial;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Recipe;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.InstalledClassifier;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.plugin.TestPlugin;
import io.catwalk.runner.training.Epoch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class TrialProcessTest {

    @TempDir
    private static Path folder;

    @BeforeAll
    static void write() throws IOException {
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        TestPlugin.building(
                        "dropout",
                        "return Layers.sequence(Layers.flatten(), Layers.dense(16), Layers.relu(),"
                                + " Layers.dropout(0.3), Layers.dense(task.classes()));")
                .write(plugins.resolve("dropout.jar"));
        TestPlugin.building("hangs", "while (true) { java.util.concurrent.locks.LockSupport.park(); }")
                .write(plugins.resolve("hangs.jar"));
        TinyImages.write(folder.resolve("tiny"));
    }

    @Test
    void theSameSeedGivesTheSameBytesAndAnotherSeedOthers() throws Exception {
        List<Epoch> epochs = new ArrayList<>();
        TrialOutcome first = new TrialProcess(null).train(order("dropout", 1, "first"), epochs::add);
        TrialOutcome again = new TrialProcess(null).train(order("dropout", 1, "again"), epoch -> {});
        TrialOutcome other = new TrialProcess(null).train(order("dropout", 2, "other"), epoch -> {});

        assertThat(epochs).extracting(Epoch::epoch).containsExactly(1, 2);
        assertThat(((TrialOutcome.Done) first).metrics())
                .isEqualTo(((TrialOutcome.Done) again).metrics())
                .isNotEqualTo(((TrialOutcome.Done) other).metrics());
        for (String file : List.of("predictions.csv", "predictions-validation.csv", "model/network-0000.params")) {
            assertThat(folder.resolve("again").resolve(file))
                    .hasSameBinaryContentAs(folder.resolve("first").resolve(file));
            assertThat(Files.mismatch(
                            folder.resolve("first").resolve(file),
                            folder.resolve("other").resolve(file)))
                    .as(file)
                    .isNotNegative();
        }
    }

    @Test
    void aTrialThatHangsIsStopped() throws Exception {
        TrialOutcome result = new TrialProcess(Duration.ofSeconds(3)).train(order("hangs", 1, "stopped"), epoch -> {});

        assertThat(result).isInstanceOf(TrialOutcome.Failed.class);
        assertThat(result.error()).isEqualTo("took longer than --trial-timeout 3s and was stopped");
        assertThat(childrenOn("stopped")).isEmpty();
    }

    @Test
    void anInterruptStopsTheProcess() throws Exception {
        CountDownLatch called = new CountDownLatch(1);
        FutureTask<TrialOutcome> trial = new FutureTask<>(() -> {
            called.countDown();
            return new TrialProcess(null).train(order("hangs", 1, "interrupted"), epoch -> {});
        });
        Thread thread = new Thread(trial);
        thread.start();
        assertThat(called.await(10, SECONDS)).isTrue();

        thread.interrupt();
        thread.join(SECONDS.toMillis(10));

        assertThat(thread.isAlive()).isFalse();
        assertThat(trial).isDone();
        assertThat(childrenOn("interrupted")).isEmpty();
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "needs /dev/full")
    void aFullDiskCostsTheTrial() throws Exception {
        TrialOrder order = order("dropout", 1, "full");
        Files.createSymbolicLink(order.folder().resolve("history.csv.part"), Path.of("/dev/full"));

        TrialOutcome result = new TrialProcess(null).train(order, epoch -> {});

        assertThat(result).isInstanceOf(TrialOutcome.Failed.class);
        assertThat(result.error())
                .isEqualTo("cannot write " + order.folder().resolve("history.csv") + ": No space left on device");
    }

    private static List<ProcessHandle> childrenOn(String name) {
        return ProcessHandle.current()
                .descendants()
                .filter(child -> child.info()
                        .commandLine()
                        .orElse("")
                        .contains(folder.resolve(name).toString()))
                .filter(ProcessHandle::isAlive)
                .toList();
    }

    private static TrialOrder order(String classifier, long seed, String name) throws IOException {
        Recipe recipe = Recipe.standard().withEpochs(2).withBatchSize(16);
        DatasetSpec dataset = new DatasetSpec(folder.resolve("tiny").toString(), null, 0, 0);
        return new TrialOrder(
                new TrialSpec(classifier, "default", Map.of(), recipe, seed, 0, 1, TrialSpec.Purpose.SHIP),
                dataset,
                SplitSpec.holdOut(0.1, 0),
                folder,
                folder.resolve("plugins"),
                Files.createDirectory(folder.resolve(name)),
                inputs(classifier, dataset));
    }

    private static TrialInputs inputs(String classifier, DatasetSpec dataset) {
        InstalledClassifier plugin =
                PluginCatalog.open(folder.resolve("plugins")).require(classifier);
        return new TrialInputs(
                plugin.pluginId(),
                plugin.version(),
                plugin.jarSha256(),
                dataset.load(folder).sha256(),
                Software.current());
    }
}
