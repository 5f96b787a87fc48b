package io.catwalk.runner.trial;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Task;
import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.Normalization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Measures by a bench that answers what the test says. */
@Tag("tiny")
final class TrialBenchTest {

    private static final LatencySettings SETTINGS = LatencySettings.of(Duration.ofSeconds(3));
    private static final Normalization NORMALIZATION = new Normalization(new float[] {0.5f}, new float[] {0.25f});
    private static final Machine MACHINE = new Machine("Linux 6", "amd64", "Some Processor", 2, 8L << 30);
    private static final Latency FAST = latency(10, null);
    private static final Latency SLOW = latency(20, null);

    @TempDir
    private Path folder;

    private final List<BenchOrder> asked = new ArrayList<>();

    @BeforeEach
    void export() throws IOException {
        Files.createFile(folder.resolve("model.onnx"));
    }

    private static Latency latency(double micros, @Nullable String busy) {
        return new Latency(2, 20, micros, null, null, null, null, busy, MACHINE);
    }

    private TrialBench.Outcome measure(LatencyBench answers) throws InterruptedException {
        byte[] pixels = {0, (byte) 255, 51, 51, 9, 9, 9, 9};
        ImageSource images = HeapImages.of(1, 2, 2, pixels, new int[] {0, 1});
        ImageDataset dataset = new ImageDataset("two", "0".repeat(64), List.of("a", "b", "c"), images, images);
        TrialOrder trial = new TrialOrder(
                MadeUp.trial("net"),
                new DatasetSpec("two", null, 0, 0),
                SplitSpec.holdOut(0.1, 1),
                new TrialInputs(
                        "net", "1", "ab".repeat(32), "0".repeat(64), new Software("0.1.0", "1", "2", "3", "17")),
                Supplies.here(Path.of("plugins"), Path.of("two"), null, null),
                null,
                null,
                1);
        LatencyBench bench = order -> {
            asked.add(order);
            return answers.measure(order);
        };
        return new TrialBench(bench, SETTINGS, Path.of("plugins"), dataset)
                .measure(trial, new TrialFolder(folder), NORMALIZATION, 2);
    }

    private static LatencyBench answering(float[] torch, float[] onnx) {
        return order -> order instanceof BenchOrder.OfWeights
                ? new LatencyBench.Measured(SLOW, torch)
                : new LatencyBench.Measured(FAST, onnx);
    }

    @Test
    void bothEnginesAreAskedAboutTheFirstTestImageNormalizedAsTheNetworkExpects() throws Exception {
        TrialBench.Outcome outcome = measure(answering(new float[] {1, 2, -3}, new float[] {1.00001f, 2, -3}));

        assertThat(outcome.problems()).isEmpty();
        assertThat(outcome.latencies())
                .isEqualTo(Map.of(InferenceEngine.PYTORCH, SLOW, InferenceEngine.ONNX_RUNTIME, FAST));
        BenchOrder.OfWeights weights = (BenchOrder.OfWeights) asked.get(0);
        BenchOrder.OfFile file = (BenchOrder.OfFile) asked.get(1);
        assertThat(weights.pluginsDir()).isEqualTo(Path.of("plugins").toAbsolutePath());
        assertThat(weights.task()).isEqualTo(Task.of(1, 2, 2, 3));
        assertThat(weights.image()).isSameAs(file.image());
        // (pixel / 255 - 0.5) / 0.25
        assertThat(weights.image().normalized()).containsExactly(-2f, 2f, -1.2f, -1.2f);
        assertThat(file.file()).isEqualTo(folder.resolve("model.onnx"));
        assertThat(asked).allSatisfy(order -> {
            assertThat(order.threads()).isEqualTo(2);
            assertThat(order.settings()).isEqualTo(SETTINGS);
            assertThat(order.folder()).isEqualTo(folder);
        });
    }

    @Test
    void twoFunctionsAreNoNetworkToMeasure() throws Exception {
        TrialBench.Outcome outcome = measure(answering(new float[] {1, 2, -10}, new float[] {1, 2.02f, -10}));

        assertThat(outcome.latencies()).isEmpty();
        assertThat(outcome.problems())
                .singleElement()
                .asString()
                .startsWith("the weights and the ONNX file answer the same image differently (by 2.0e-03 of");
        assertThat(measure(answering(new float[] {1, 2}, new float[] {1, 2, 3})).latencies())
                .isEmpty();
    }

    @Test
    void oneEngineThatCannotBeMeasuredLeavesTheOther() throws Exception {
        LatencyBench bench = answering(new float[3], new float[3]);
        TrialBench.Outcome outcome = measure(order -> {
            if (order instanceof BenchOrder.OfWeights) {
                throw new IOException("its process crashed in native code: see log.txt");
            }
            return bench.measure(order);
        });

        assertThat(outcome.latencies()).isEqualTo(Map.of(InferenceEngine.ONNX_RUNTIME, FAST));
        assertThat(outcome.problems())
                .singleElement()
                .asString()
                .startsWith("PyTorch: ")
                .contains("its process crashed in native code: see log.txt");
        assertThat(outcome.busy()).isEmpty();
    }

    @Test
    void withoutAFileThereIsOneEngine() throws Exception {
        Files.delete(folder.resolve("model.onnx"));
        TrialBench.Outcome outcome = measure(order ->
                new LatencyBench.Measured(latency(20, "other programs took 80 % of the processors"), new float[3]));

        assertThat(outcome.latencies()).containsOnlyKeys(InferenceEngine.PYTORCH);
        assertThat(outcome.busy()).hasValue("other programs took 80 % of the processors");
    }
}
