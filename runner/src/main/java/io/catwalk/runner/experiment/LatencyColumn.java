package io.catwalk.runner.experiment;

import io.catwalk.runner.trial.InferenceEngine;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Selects the latencies of some trials that may be shown in one column: measured on one machine, with one number
 * of threads. This is the place where most were measured and, if several tie, the first. Everything that shows
 * latencies shows these; latencies from other places stay in the journal and in {@code trial.json}.
 *
 * @param trials in their order, without the latencies of other places
 * @param leftOut the other places
 */
record LatencyColumn(List<TrialOutcome> trials, List<String> leftOut) {

    /** Copies both. */
    LatencyColumn {
        trials = List.copyOf(trials);
        leftOut = List.copyOf(leftOut);
    }

    static LatencyColumn of(List<TrialOutcome> all) {
        String place = place(all);
        return new LatencyColumn(
                all.stream().map(outcome -> only(place, outcome)).toList(),
                latencies(all)
                        .map(Latency::place)
                        .filter(other -> !other.equals(place))
                        .distinct()
                        .toList());
    }

    private static @Nullable String place(List<TrialOutcome> all) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        latencies(all).forEach(latency -> counts.merge(latency.place(), 1, Integer::sum));
        String most = null;
        for (Map.Entry<String, Integer> each : counts.entrySet()) {
            if (most == null || each.getValue() > Objects.requireNonNull(counts.get(most))) {
                most = each.getKey();
            }
        }
        return most;
    }

    private static TrialOutcome only(@Nullable String place, TrialOutcome outcome) {
        TrialOutcome kept = outcome;
        for (InferenceEngine engine : InferenceEngine.values()) {
            if (kept instanceof Done done) {
                Latency latency = done.efficiency().latency(engine);
                kept = latency == null || latency.place().equals(place) ? done : done.withLatency(engine, null);
            }
        }
        return kept;
    }

    private static Stream<Latency> latencies(List<TrialOutcome> trials) {
        return trials.stream()
                .filter(Done.class::isInstance)
                .map(Done.class::cast)
                .flatMap(done -> Stream.of(InferenceEngine.values())
                        .map(engine -> done.efficiency().latency(engine)))
                .flatMap(Stream::ofNullable);
    }
}
