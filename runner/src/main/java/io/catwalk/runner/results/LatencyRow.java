package io.catwalk.runner.results;

import io.catwalk.runner.latency.InferenceEngine;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Holds a row of a table of latencies.
 *
 * @param model label of its classifier, or name of its file
 * @param latencies of the engines that it was measured on
 */
public record LatencyRow(String model, Map<InferenceEngine, Latency> latencies) {

    public static LatencyRow of(Done done) {
        Map<InferenceEngine, Latency> latencies = new EnumMap<>(InferenceEngine.class);
        for (InferenceEngine engine : InferenceEngine.values()) {
            Latency latency = done.efficiency().latency(engine);
            if (latency != null) {
                latencies.put(engine, latency);
            }
        }
        return new LatencyRow(done.trial().label(), latencies);
    }

    /** Returns what a reader must know about the latencies; the networks of one model share their processes. */
    public static Set<Latency.Mark> marks(List<LatencyRow> rows) {
        Set<Latency.Mark> marks = EnumSet.noneOf(Latency.Mark.class);
        Map<String, Integer> processes = new HashMap<>();
        for (LatencyRow row : rows) {
            row.latencies.forEach((engine, latency) -> {
                marks.addAll(latency.marks());
                if (latency.processes() != null) {
                    processes.merge(engine + row.model, latency.processes(), Integer::sum);
                }
            });
        }
        if (processes.containsValue(1)) {
            marks.add(Latency.Mark.ONE_PROCESS);
        }
        return marks;
    }
}
