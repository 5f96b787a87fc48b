package io.catwalk.runner.trial;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures several networks in turns, one process after the other: each once, then each once more, as often as its order
 * says. What changes about the machine meanwhile (its clock, its temperature, its other work) then meets all alike.
 */
public final class BenchTurns {

    private final LatencyBench bench;

    /**
     * Prepares to measure.
     *
     * @param bench measures one network in one process
     */
    public BenchTurns(LatencyBench bench) {
        this.bench = bench;
    }

    /**
     * Holds what came of an order.
     *
     * @param processes what each process measured, in the order of the turns
     * @param failure why it could not be measured; null if it could
     */
    public record Result(
            List<LatencyBench.Measured> processes, @Nullable IOException failure) {

        /** Copies the list. */
        public Result {
            processes = List.copyOf(processes);
        }

        /**
         * Returns what all processes say together.
         *
         * @return medians and ranges
         * @throws IOException if the network could not be measured
         */
        public Latency latency() throws IOException {
            if (failure != null) {
                throw failure;
            }
            return ProcessMedians.of(processes);
        }
    }

    /**
     * Measures. What fails once is not measured again.
     *
     * @param <K> names an order
     * @param orders which networks, and how often each
     * @param begins is told the name of an order, before each process
     * @return what came of them, in their order
     * @throws InterruptedException if the calling thread is interrupted
     */
    public <K> Map<K, Result> measure(Map<K, BenchOrder> orders, Consumer<K> begins) throws InterruptedException {
        Map<K, Result> results = new LinkedHashMap<>();
        orders.keySet().forEach(name -> results.put(name, new Result(List.of(), null)));
        int turns = orders.values().stream()
                .mapToInt(order -> order.settings().processes())
                .max()
                .orElse(0);
        for (int turn = 0; turn < turns; turn++) {
            for (Map.Entry<K, BenchOrder> order : orders.entrySet()) {
                Result before = results.get(order.getKey());
                if (turn < order.getValue().settings().processes() && before != null && before.failure == null) {
                    begins.accept(order.getKey());
                    results.put(order.getKey(), oneMore(before, order.getValue()));
                }
            }
        }
        return Collections.unmodifiableMap(results);
    }

    private Result oneMore(Result before, BenchOrder order) throws InterruptedException {
        try {
            List<LatencyBench.Measured> processes = new ArrayList<>(before.processes);
            processes.add(bench.measure(order));
            return new Result(processes, null);
        } catch (IOException e) {
            return new Result(before.processes, e);
        }
    }
}
