package io.catwalk.runner.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.trial.MadeUp;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Measures with a bench that returns what the test says. */
@Tag("tiny")
final class LatencyBenchTest {

    private final List<String> asked = new ArrayList<>();

    private static LatencyBench.Order order(String name, int processes) {
        return order(name, LatencySettings.of(Duration.ofSeconds(3)).withProcesses(processes));
    }

    private static LatencyBench.Order order(String name, LatencySettings settings) {
        Normalization normalization = new Normalization(new float[] {0}, new float[] {1});
        LatencyBench.Image image = new LatencyBench.Image(new byte[] {1}, normalization);
        return new LatencyBench.Order(Path.of(name), null, OnnxHints.none(), null, image, 1, settings);
    }

    private static Latency latency(Map<String, LatencyBench.Result> results, String name) throws IOException {
        return Objects.requireNonNull(results.get(name)).latency();
    }

    private static Map<String, LatencyBench.Order> orders() {
        Map<String, LatencyBench.Order> orders = new LinkedHashMap<>();
        orders.put("a", order("a", 3));
        orders.put("b", order("b", 1));
        orders.put("c", order("c", 3));
        return orders;
    }

    @Test
    void eachIsMeasuredOnceBeforeAnyIsMeasuredAgain() throws Exception {
        double[] micros = {10};
        Map<String, LatencyBench.Result> results = new LatencyBench(
                        order -> MadeUp.measured(micros[0]++, null, new float[0]))
                .measure(orders(), asked::add);

        assertThat(asked).containsExactly("a", "b", "c", "a", "c", "a", "c");
        assertThat(results.keySet()).containsExactly("a", "b", "c");
        // Measured as 10, 13 and 15; as 11; as 12, 14 and 16.
        assertThat(latency(results, "a").p50Micros()).isEqualTo(13);
        assertThat(latency(results, "b").p50Micros()).isEqualTo(11);
        assertThat(latency(results, "c").p50Range()).isEqualTo(new Interval(12, 16));
    }

    @Test
    void whatIsKnownAfterATurnIsToldBeforeTheNext() throws Exception {
        List<String> told = new ArrayList<>();
        LatencyBench.Listener<String> listener = new LatencyBench.Listener<>() {
            @Override
            public void begins(String name) {
                told.add(name);
            }

            @Override
            public void turned(Map<String, LatencyBench.Result> soFar) throws IOException {
                told.add("turned, c by " + latency(soFar, "c").processes());
            }
        };
        new LatencyBench(order -> MadeUp.measured(10, null, new float[0])).measure(orders(), listener);

        assertThat(told).containsExactly("a", "b", "c", "turned, c by 1", "a", "c", "turned, c by 2", "a", "c");
    }

    /** Five turns of five on a busy machine once took 320 s, and gave nothing but rough figures. */
    @Test
    void aBusyMachineEndsTheMeasuringAfterTwoTurns() throws Exception {
        Map<String, LatencyBench.Order> orders = new LinkedHashMap<>();
        LatencySettings ending = LatencySettings.of(Duration.ofSeconds(3)).endingIfBusy();
        orders.put("a", order("a", ending));
        orders.put("b", order("b", ending));
        LatencyBench.BenchProcess busy = order -> MadeUp.measured(10, MadeUp.BUSY, new float[0]);
        Map<String, LatencyBench.Result> results = new LatencyBench(busy).measure(orders, asked::add);

        assertThat(asked).containsExactly("a", "b", "a", "b");
        assertThat(latency(results, "a").busy()).isEqualTo(MadeUp.BUSY);

        asked.clear();
        int[] number = {0};
        LatencyBench.BenchProcess half =
                order -> MadeUp.measured(10, number[0]++ % 2 == 0 ? MadeUp.BUSY : null, new float[0]);
        new LatencyBench(half).measure(orders, asked::add);
        assertThat(asked).as("no more than half were busy").hasSize(10);

        asked.clear();
        new LatencyBench(busy).measure(Map.of("c", order("c", 5)), asked::add);
        assertThat(asked).as("catwalk bench measures as often as asked").hasSize(5);
    }

    @Test
    void whatFailsOnceIsNotMeasuredAgain() throws Exception {
        LatencyBench.BenchProcess crashing = order -> {
            if (order.model().equals(Path.of("a"))) {
                throw new IOException("it crashed");
            }
            return MadeUp.measured(10, null, new float[0]);
        };
        Map<String, LatencyBench.Result> results = new LatencyBench(crashing).measure(orders(), asked::add);

        assertThat(asked).containsExactly("a", "b", "c", "c", "c");
        assertThatThrownBy(() -> latency(results, "a")).hasMessage("it crashed");
        assertThat(latency(results, "c").processes()).isEqualTo(3);
    }
}
