package io.catwalk.runner.trial;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Task;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.latency.InferenceEngine;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.latency.LatencyBench;
import io.catwalk.runner.latency.LatencySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Measures with a bench that returns what the test says. */
@Tag("tiny")
final class TrialBenchTest {

    private static final LatencySettings SETTINGS =
            LatencySettings.of(Duration.ofSeconds(3)).withProcesses(2);
    private static final Normalization NORMALIZATION = new Normalization(new float[] {0.5f}, new float[] {0.25f});
    private static final LatencyBench.BenchProcess ANY = answering(new float[3], new float[3]);

    @TempDir
    private Path folder;

    private final List<LatencyBench.Order> asked = new ArrayList<>();
    private final List<String> heard = new ArrayList<>();

    @BeforeEach
    void export() throws IOException {
        Files.createDirectory(folder.resolve("model"));
        Files.createFile(new TrialFolder(folder).file(TrialFile.WEIGHTS));
        Files.createFile(folder.resolve("model.onnx"));
    }

    private static TrialOrder trial(String classifier, long seed) {
        TrialOrder any = Orders.any();
        TrialSpec spec = MadeUp.trial(classifier, seed, 0);
        return new TrialOrder(spec, any.dataset(), any.split(), any.inputs(), any.supplies(), null, null, 1);
    }

    private List<TrialBench.Outcome> measure(
            LatencyBench.BenchProcess answers, LatencySettings settings, TrialOrder... trials)
            throws IOException, InterruptedException {
        byte[] pixels = {0, (byte) 255, 51, 51, 9, 9, 9, 9};
        ImageSource images = HeapImages.of(1, 2, 2, pixels, new int[] {0, 1});
        ImageDataset dataset = new ImageDataset("two", "0".repeat(64), List.of("a", "b", "c"), images, images);
        LatencyBench.BenchProcess bench = order -> {
            asked.add(order);
            return answers.measure(order);
        };
        List<TrialBench.Network> networks = Stream.of(trials)
                .map(trial -> new TrialBench.Network(trial, new TrialFolder(folder), NORMALIZATION, 2, null))
                .toList();
        return new TrialBench(bench, settings, Path.of("plugins"), dataset)
                .measure(networks, (trial, number, of) -> heard.add(trial.title() + " " + number + " of " + of));
    }

    private TrialBench.Outcome measure(LatencyBench.BenchProcess answers) throws IOException, InterruptedException {
        return measure(answers, SETTINGS, trial("net", 1)).get(0);
    }

    private static LatencyBench.BenchProcess answering(float[] torch, float[] onnx) {
        return order -> order.network() != null ? MadeUp.measured(20, null, torch) : MadeUp.measured(10, null, onnx);
    }

    private static Map<InferenceEngine, Double> medians(TrialBench.Outcome outcome) {
        Map<InferenceEngine, Double> medians = new EnumMap<>(InferenceEngine.class);
        outcome.latencies().forEach((engine, latency) -> medians.put(engine, latency.p50Micros()));
        return medians;
    }

    @Test
    void bothEnginesAreAskedAboutTheFirstTestImageNormalizedAsTheNetworkExpects() throws Exception {
        TrialBench.Outcome outcome = measure(answering(new float[] {1, 2, -3}, new float[] {1.00001f, 2, -3}));

        assertThat(outcome.problems()).isEmpty();
        assertThat(medians(outcome))
                .isEqualTo(Map.of(InferenceEngine.PYTORCH, 20.0, InferenceEngine.ONNX_RUNTIME, 10.0));
        LatencyBench.Order weights = asked.get(0);
        LatencyBench.Order file = asked.get(1);
        LatencyBench.Network network = Objects.requireNonNull(weights.network());
        assertThat(network.pluginsDir()).isEqualTo(Path.of("plugins").toAbsolutePath());
        assertThat(network.task()).isEqualTo(Task.of(1, 2, 2, 3));
        assertThat(weights.image()).isSameAs(file.image());
        // (pixel / 255 - 0.5) / 0.25
        assertThat(weights.image().normalized()).containsExactly(-2f, 2f, -1.2f, -1.2f);
        assertThat(file.network()).isNull();
        assertThat(file.model()).isEqualTo(folder.resolve("model.onnx"));
        assertThat(asked).allSatisfy(order -> {
            assertThat(order.threads()).isEqualTo(2);
            assertThat(order.settings()).isEqualTo(SETTINGS);
            assertThat(order.folder()).isEqualTo(folder);
        });
    }

    @Test
    void networksAndEnginesAreMeasuredInTurns() throws Exception {
        List<TrialBench.Outcome> outcomes = measure(ANY, SETTINGS, trial("a", 1), trial("b", 1));

        assertThat(asked)
                .extracting(order ->
                        order.network() == null ? "file" : order.network().classifier())
                .containsExactly("a", "file", "b", "file", "a", "file", "b", "file");
        assertThat(heard).containsExactly("a seed 1 1 of 4", "b seed 1 2 of 4", "a seed 1 3 of 4", "b seed 1 4 of 4");
        assertThat(outcomes)
                .flatExtracting(outcome -> outcome.latencies().values())
                .extracting(Latency::processes)
                .containsExactly(2, 2, 2, 2);
    }

    @Test
    void networksOfOneClassifierShareItsProcesses() throws Exception {
        LatencySettings five = SETTINGS.withProcesses(5);
        List<TrialBench.Outcome> outcomes = measure(ANY, five, trial("a", 1), trial("a", 2), trial("b", 1));

        assertThat(outcomes)
                .extracting(outcome -> outcome.latencies().get(InferenceEngine.PYTORCH))
                .extracting(Latency::processes)
                .containsExactly(3, 3, 5);
    }

    @Test
    void twoFunctionsAreNoNetworkToMeasure() throws Exception {
        TrialBench.Outcome outcome = measure(answering(new float[] {1, 2, -10}, new float[] {1, 2.02f, -10}));

        assertThat(outcome.latencies()).isEmpty();
        assertThat(outcome.problems().toString()).contains("answer the same image differently (by 2.0e-03 of");
        assertThat(measure(answering(new float[] {1, 2}, new float[] {1, 2, 3})).latencies())
                .isEmpty();
    }

    @Test
    void oneEngineThatCannotBeMeasuredLeavesTheOther() throws Exception {
        TrialBench.Outcome outcome = measure(order -> {
            if (order.network() != null) {
                throw new IOException("its process crashed in native code: see log.txt");
            }
            return ANY.measure(order);
        });

        assertThat(medians(outcome)).isEqualTo(Map.of(InferenceEngine.ONNX_RUNTIME, 10.0));
        assertThat(outcome.problems().toString()).startsWith("[DJL + PyTorch: ").contains("crashed in native code");
        assertThat(outcome.busy()).isEmpty();
    }

    @Test
    void withoutAFileThereIsOneEngine() throws Exception {
        Files.delete(folder.resolve("model.onnx"));
        TrialBench.Outcome outcome = measure(order -> MadeUp.measured(20, MadeUp.BUSY, new float[3]));

        assertThat(outcome.latencies()).containsOnlyKeys(InferenceEngine.PYTORCH);
        assertThat(outcome.busy()).hasValue(MadeUp.BUSY);
    }
}
