package io.catwalk.runner.trial;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Task;
import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.latency.LatencyBench;
import io.catwalk.runner.latency.LatencySettings;
import io.catwalk.runner.plugin.TestPlugin;
import io.catwalk.runner.trial.TrialExecutor.TrialNews;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrialProcessTest {

    private static final String LAST = "Layers.flatten(), Layers.dense(16), Layers.relu(), Layers.dropout(0.3),"
            + " Layers.dense(task.classes()));";

    private static final String DOING =
            "return Layers.sequence(new ai.djl.nn.LambdaBlock(x -> { %s return x; }, \"odd\"), " + LAST;

    /** Whether a batch is one of the second epoch or later: the first has six of 16 images. */
    private static final String SECOND_EPOCH = "int seen = Integer.getInteger(\"seen\", 0)"
            + " + (x.head().getShape().get(0) == 16 ? 1 : 0); System.setProperty(\"seen\", \"\" + seen); if (seen > 6) ";

    private static final String PARK = "while (true) { java.util.concurrent.locks.LockSupport.park(); }";

    @TempDir
    private static Path folder;

    @BeforeAll
    static void write() throws IOException {
        Files.createDirectory(folder.resolve("plugins"));
        plugin("dropout", "return Layers.sequence(" + LAST);
        plugin("hangs-later", DOING.formatted(SECOND_EPOCH + PARK));
        plugin("forges", """
                try {
                    java.nio.file.Files.copy(java.nio.file.Path.of("%s/forged.json"), java.nio.file.Path.of("trial.json"));
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
                Runtime.getRuntime().halt(0);
                return null;""".formatted(folder));
        String traced = "if (!x.head().getClass().getSimpleName().startsWith(\"Pt\"))";
        plugin("halts-when-traced", DOING.formatted(traced + " Runtime.getRuntime().halt(5);"));
        String parking = "Runtime.getRuntime().addShutdownHook(new Thread(() -> { " + PARK + " }));";
        plugin("never-ends", parking + " return Layers.sequence(" + LAST);
        TinyImages.write(folder.resolve("tiny"));
    }

    private static void plugin(String name, String network) {
        TestPlugin.building(name, network).write(folder.resolve("plugins").resolve(name + ".jar"));
    }

    @Test
    void theSameSeedGivesTheSameBytesAndAnotherSeedOthers() throws Exception {
        List<TrialNews> news = new ArrayList<>();
        Done first = train(scored(1), trial("first"), news::add);
        Done again = train(scored(1), trial("again"), epoch -> {});
        Done other = train(scored(2), trial("other"), epoch -> {});

        assertThat(news.get(0)).isEqualTo(new TrialNews.Started(""));
        assertThat(news.subList(1, 3))
                .map(one -> ((TrialNews.Trained) one).epoch().epoch())
                .containsExactly(1, 2);
        assertThat(first.metrics()).isEqualTo(again.metrics()).isNotEqualTo(other.metrics());
        for (String file : List.of("predictions.csv", "predictions-validation.csv", "model/network-0000.params")) {
            Path expected = folder.resolve("first").resolve(file);
            assertThat(folder.resolve("again").resolve(file)).hasSameBinaryContentAs(expected);
            assertThat(Files.mismatch(expected, folder.resolve("other").resolve(file)))
                    .as(file)
                    .isNotNegative();
        }
    }

    @Test
    void aTrialThatIsKilledFromOutsideIsLost() throws Exception {
        Consumer<TrialNews> killing = news -> {
            if (news instanceof TrialNews.Trained) {
                childrenOn("killed").forEach(ProcessHandle::destroyForcibly);
            }
        };
        TrialOutcome outcome = TrialProcess.train(order("hangs-later", 1), trial("killed"), killing);
        assertThat(outcome).isInstanceOf(TrialOutcome.Lost.class);
        assertThat(outcome.error()).startsWith("its process was killed from outside");
    }

    @Test
    void anOutcomeThatThePluginWroteIsNotBelieved() throws Exception {
        TrialFolder real = trial("real");
        new MadeUpExecutor.Invention(Map.of()).train(order("dropout", 1), real, epoch -> {});
        Files.copy(real.outcome(), folder.resolve("forged.json"));
        TrialFolder forged = trial("forged");

        TrialOutcome outcome = TrialProcess.train(order("forges", 1), forged, epoch -> {});

        assertThat(forged.outcome()).exists();
        assertThat(outcome).isInstanceOf(TrialOutcome.Failed.class);
        assertThat(outcome.error()).startsWith("its process ended by itself with exit code 0 before it was done");
    }

    @Test
    void whatEndsItsProcessWhenItIsExportedIsTrained() throws Exception {
        TrialFolder halted = trial("halted");
        Done done = train(order("halts-when-traced", 1), halted, epoch -> {});

        ParityResult parity = Objects.requireNonNull(done.parity());
        assertThat(parity.missing()).isEqualTo(ParityResult.Missing.NO_FORM);
        assertThat(parity.worst()).startsWith("its process ended by itself with exit code 5");
        Done written = (Done) halted.readOutcome();
        assertThat(written.parity()).isEqualTo(done.parity());
        assertThat(written.metrics()).isEqualTo(done.metrics());
        assertThat(halted.damage(done)).isEmpty();
    }

    @Test
    @Tag("long")
    void aProcessThatNeverEndsAfterItsOutcomeHoldsNobodyUp() throws Exception {
        TrialFolder endless = trial("endless");
        TrialOrder order = Orders.changed(order("never-ends", 1), "timeout_seconds = 120");
        Done outcome = train(order, endless, epoch -> {});

        Task task = Task.of(1, 8, 8, 10);
        LatencyBench.Image image = LatencyBench.Image.noise(64, Objects.requireNonNull(outcome.normalization()));
        LatencySettings brief = LatencySettings.of(Duration.ofMillis(60));
        LatencyBench.Network network = new LatencyBench.Network(
                folder.resolve("plugins"),
                order.inputs().pluginSha256(),
                order.spec().classifier(),
                order.spec().hyperparameters(),
                task);
        LatencyBench.Order bench = new LatencyBench.Order(
                endless.file(TrialFile.WEIGHTS), network, OnnxHints.none(), endless.path(), image, 1, brief);
        assertThat(TrialProcess.measure(bench).latency().p50Micros()).isPositive();
    }

    @Test
    void troubleOfTheExecutionItselfIsLost() throws Exception {
        TrialFolder gone = new TrialFolder(folder.resolve("gone"));
        try (LocalExecutor executor = new LocalExecutor(TrialProcess::train, 1)) {
            var submitted = executor.submit(order("dropout", 1), gone, news -> {});
            TrialOutcome outcome = submitted.outcome().get(60, SECONDS);
            assertThat(outcome).isInstanceOf(TrialOutcome.Lost.class);
            assertThat(outcome.error()).startsWith("cannot write ").doesNotContain("\n");
        }
    }

    private static List<ProcessHandle> childrenOn(String name) {
        String path = folder.resolve(name).toString();
        return ProcessHandle.current()
                .descendants()
                .filter(child -> child.info().commandLine().orElse("").contains(path))
                .toList();
    }

    private static Done train(TrialOrder order, TrialFolder folder, Consumer<TrialNews> listener) throws Exception {
        return (Done) TrialProcess.train(order, folder, listener);
    }

    private static TrialOrder scored(long seed) {
        return Orders.changed(order("dropout", seed), "spec/purpose = \"score\"");
    }

    private static TrialOrder order(String classifier, long seed) {
        return Orders.of(folder, classifier, "tiny", 2, seed);
    }

    private static TrialFolder trial(String name) throws IOException {
        return new TrialFolder(Files.createDirectory(folder.resolve(name)));
    }
}
