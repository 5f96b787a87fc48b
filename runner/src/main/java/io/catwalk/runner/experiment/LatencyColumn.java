package io.catwalk.runner.experiment;

import io.catwalk.runner.trial.InferenceEngine;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialOutcome.Done;
import io.catwalk.runner.trial.TrialSpec;
import java.util.ArrayList;
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
 * @param notes what readers must know about the others, in sentences
 */
record LatencyColumn(List<TrialOutcome> trials, List<String> notes) {

    /** Copies both. */
    LatencyColumn {
        trials = List.copyOf(trials);
        notes = List.copyOf(notes);
    }

    static LatencyColumn of(List<TrialOutcome> all) {
        String place = place(all);
        List<TrialOutcome> trials =
                all.stream().map(outcome -> only(place, outcome)).toList();
        List<String> notes = new ArrayList<>();
        List<String> elsewhere = latencies(all)
                .map(Latency::place)
                .filter(other -> !other.equals(place))
                .distinct()
                .toList();
        if (!elsewhere.isEmpty()) {
            notes.add("Latencies were measured on " + place + "; those from " + String.join(" and from ", elsewhere)
                    + " are left out: catwalk bench RUN measures all again.");
        }
        latencies(trials)
                .map(Latency::busy)
                .filter(Objects::nonNull)
                .findFirst()
                .ifPresent(busy -> notes.add("~: measured while " + busy
                        + ", so there is no speed-up: catwalk bench RUN measures all again."));
        List<LatencyRow> rows = done(trials).map(LatencyRow::of).toList();
        notes.addAll(LatencyNotes.of(rows));
        if (ofOneProcess(rows)) {
            notes.add("Each latency was measured in one process, so there is no range: catwalk bench RUN measures in"
                    + " five, in turns.");
        }
        if (all.stream().anyMatch(LatencyColumn::isUnmeasured)) {
            notes.add("Some latencies were not measured: catwalk bench RUN measures them.");
        }
        return new LatencyColumn(trials, notes);
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

    /** Returns whether a contestant was measured in only one process; its networks share the processes. */
    private static boolean ofOneProcess(List<LatencyRow> rows) {
        Map<String, Integer> processes = new LinkedHashMap<>();
        for (LatencyRow row : rows) {
            row.latencies().forEach((engine, latency) -> {
                if (latency.processes() != null) {
                    processes.merge(row.model() + " on " + engine, latency.processes(), Integer::sum);
                }
            });
        }
        return processes.containsValue(1);
    }

    private static Stream<Done> done(List<TrialOutcome> trials) {
        return trials.stream().filter(Done.class::isInstance).map(Done.class::cast);
    }

    private static Stream<Latency> latencies(List<TrialOutcome> trials) {
        return done(trials)
                .flatMap(done -> Stream.of(InferenceEngine.values())
                        .map(engine -> done.efficiency().latency(engine)))
                .flatMap(Stream::ofNullable);
    }

    private static boolean isUnmeasured(TrialOutcome outcome) {
        return outcome instanceof Done done
                && done.trial().purpose() == TrialSpec.Purpose.SHIP
                && done.efficiency().pytorch() == null;
    }
}
