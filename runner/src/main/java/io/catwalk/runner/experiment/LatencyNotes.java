package io.catwalk.runner.experiment;

import io.catwalk.runner.trial.InferenceEngine;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.SpeedUp;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Describes what the figures of a table of latencies do not show: unsteady figures, long tails, and slower engines. */
public final class LatencyNotes {

    /** With more names, the message would be hard to find. */
    private static final int MOST_NAMED = 6;

    private LatencyNotes() {}

    /**
     * Writes the notes.
     *
     * @param rows networks that were measured in one place
     * @return sentences; none if there is nothing to say
     */
    public static List<String> of(List<LatencyRow> rows) {
        List<String> notes = new ArrayList<>();
        List<String> unsteady = named(rows, LatencyNotes::unsteady);
        if (!unsteady.isEmpty()) {
            notes.add("Still changing by more than 2 % when the time for them was over: " + listed(unsteady)
                    + ". catwalk bench --seconds 10 measures longer.");
        }
        List<String> longTailed = named(rows, latency -> latency.longTailed() ? "" : null);
        if (!longTailed.isEmpty()) {
            notes.add("Some calls take far longer than the median: p99 is more than five times p50 for "
                    + listed(longTailed) + ".");
        }
        List<String> slower = slower(rows);
        if (!slower.isEmpty()) {
            notes.add(InferenceEngine.ONNX_RUNTIME.title() + " is slower than " + InferenceEngine.PYTORCH.title()
                    + " for " + listed(slower) + ".");
        }
        return notes;
    }

    /** Lists the measurements that a note applies to; those of a busy machine are left out. */
    private static List<String> named(List<LatencyRow> rows, Function<Latency, @Nullable String> what) {
        List<String> named = new ArrayList<>();
        for (LatencyRow row : rows) {
            row.latencies().forEach((engine, latency) -> {
                String said = latency.busy() == null ? what.apply(latency) : null;
                if (said != null) {
                    named.add(row.model() + " on " + engine.title() + said);
                }
            });
        }
        return named.stream().distinct().toList();
    }

    private static @Nullable String unsteady(Latency latency) {
        List<Integer> sizes = latency.unsteady();
        return sizes == null || sizes.isEmpty()
                ? null
                : " at batch " + sizes.stream().map(String::valueOf).collect(Collectors.joining(" and "));
    }

    /** Lists the networks that are slower; of several seeds or folds, if most of them are. */
    private static List<String> slower(List<LatencyRow> rows) {
        Map<String, List<SpeedUp>> all = new LinkedHashMap<>();
        for (LatencyRow row : rows) {
            row.speedUps()
                    .forEach((batch, speedUp) -> all.computeIfAbsent(
                                    row.model() + " at batch " + batch, name -> new ArrayList<>())
                            .add(speedUp));
        }
        List<String> slower = new ArrayList<>();
        all.forEach((name, speedUps) -> {
            double[] times = speedUps.stream()
                    .filter(SpeedUp::slower)
                    .mapToDouble(SpeedUp::times)
                    .sorted()
                    .toArray();
            if (2 * times.length > speedUps.size()) {
                slower.add(String.format(Locale.ROOT, "%s (%.2f times as fast)", name, times[times.length / 2]));
            }
        });
        return slower;
    }

    private static String listed(List<String> names) {
        int more = names.size() - MOST_NAMED;
        return more > 0
                ? String.join(", ", names.subList(0, MOST_NAMED)) + " and " + more + " more"
                : String.join(", ", names);
    }
}
