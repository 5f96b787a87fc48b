package io.catwalk.runner.trial;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Measures several networks in turns, one process after the other: each once, then each again, as often as its order
 * says. If the machine changes meanwhile (its clock, its temperature, its other work), this affects all networks alike.
 */
public final class BenchTurns {

    private final LatencyBench bench;

    /**
     * Prepares a measurement.
     *
     * @param bench measures one network in one process
     */
    public BenchTurns(LatencyBench bench) {
        this.bench = bench;
    }

    /**
     * Holds the result of an order.
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
         * Combines the results of all processes.
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
     * Receives progress.
     *
     * @param <K> names an order
     */
    @FunctionalInterface
    public interface Listener<K> {

        /**
         * Called when a process begins.
         *
         * @param name of its order
         */
        void begins(K name);

        /**
         * Called after a turn of all orders, except the last turn.
         *
         * @param soFar result of each so far, in their order
         * @throws IOException if it cannot be kept, which ends the measuring
         */
        default void turned(Map<K, Result> soFar) throws IOException {}
    }

    /**
     * Measures. A network whose measurement fails once is not measured again, and none is once the machine was busy in
     * most of the turns that the settings allow.
     *
     * @param <K> names an order
     * @param orders which networks, and how often each
     * @param listener receives progress
     * @return the results, in the order of the orders
     * @throws IOException if the listener cannot keep a result
     * @throws InterruptedException if the calling thread is interrupted
     */
    public <K> Map<K, Result> measure(Map<K, BenchOrder> orders, Listener<K> listener)
            throws IOException, InterruptedException {
        Map<K, Result> results = new LinkedHashMap<>();
        Map<K, Result> soFar = Collections.unmodifiableMap(results);
        orders.keySet().forEach(name -> results.put(name, new Result(List.of(), null)));
        int turns = orders.values().stream()
                .mapToInt(order -> order.settings().processes())
                .max()
                .orElse(0);
        for (int turn = 0; turn < turns && !busy(turn, orders, results); turn++) {
            for (Map.Entry<K, BenchOrder> order : orders.entrySet()) {
                Result before = results.get(order.getKey());
                if (turn < order.getValue().settings().processes() && before != null && before.failure == null) {
                    listener.begins(order.getKey());
                    results.put(order.getKey(), oneMore(before, order.getValue()));
                }
            }
            if (turn < turns - 1) {
                listener.turned(soFar);
            }
        }
        return soFar;
    }

    /** Returns whether the settings end the measuring after so many turns, since most measurements are rough. */
    private static <K> boolean busy(int turns, Map<K, BenchOrder> orders, Map<K, Result> results) {
        if (orders.values().stream()
                .noneMatch(order -> turns >= order.settings().turnsIfBusy())) {
            return false;
        }
        List<LatencyBench.Measured> measured = results.values().stream()
                .flatMap(result -> result.processes.stream())
                .toList();
        long busy =
                measured.stream().filter(one -> one.latency().busy() != null).count();
        return 2 * busy > measured.size();
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
