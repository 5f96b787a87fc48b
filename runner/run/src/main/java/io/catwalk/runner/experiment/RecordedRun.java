package io.catwalk.runner.experiment;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.evaluation.Predictions.PredictedClasses;
import io.catwalk.runner.latency.InferenceEngine;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.results.RunResults;
import io.catwalk.runner.statistics.EquivalenceRegion;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialOutcome.Done;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Holds the state of a run, finished or not, as recorded in its journal: with the moment of the first start, in ISO
 * 8601, UTC, and how long it has lasted.
 */
public record RecordedRun(
        RunFolder folder,
        ExperimentSpec spec,
        String startedAt,
        double seconds,
        RunResults.Dataset dataset,
        Outcomes outcomes) {

    public List<TrialOutcome> trials() {
        return outcomes.of(spec.trials(outcomes));
    }

    public RunResults results() {
        List<TrialSpec> planned = spec.trials(outcomes);
        LatencyColumn finished = LatencyColumn.of(
                outcomes.of(planned).stream().map(TrialOutcome::withoutFolders).toList());
        return new RunResults(
                ExperimentSpec.SCHEMA,
                new RunResults.Summary(
                        String.valueOf(
                                folder.path().toAbsolutePath().normalize().getFileName()),
                        Reasons.withoutFolders(spec.command()),
                        startedAt,
                        seconds,
                        spec.planned(),
                        finished.trials().size(),
                        planned.stream()
                                .filter(trial -> !outcomes.has(trial))
                                .map(TrialSpec::title)
                                .toList(),
                        spec.seeds(),
                        spec.split().folds(),
                        spec.split().repeats(),
                        spec.jobs(),
                        spec.threads()),
                dataset,
                finished.trials(),
                null,
                spec.tuning() == null ? null : spec.tuning().outcome(spec, outcomes),
                finished.leftOut());
    }

    /**
     * Returns the results, and compares the trials by their predictions. The candidates of a search are left out: the
     * best one was selected by its score.
     */
    public RunResults compared() throws IOException {
        return compared(new HashMap<>());
    }

    /** Compares the trials; reads those predictions that are not known yet, and adds them. */
    RunResults compared(Map<String, PredictedClasses> known) throws IOException {
        List<TrialSpec> compared = spec.trials(outcomes).stream()
                .filter(trial -> spec.tuning() == null || trial.fold() == 0)
                .toList();
        try {
            return results()
                    .compared(ComparisonBuilder.compare(
                            compared,
                            comparable(),
                            trial -> known.computeIfAbsent(trial.id(), id -> predictions(trial)),
                            dataset,
                            new EquivalenceRegion(spec.region()),
                            folder.readBaselines()));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private Outcomes comparable() {
        Outcomes comparable = new Outcomes();
        LatencyColumn.of(trials()).trials().forEach(comparable::put);
        return comparable;
    }

    private @Nullable PredictedClasses predictions(TrialSpec trial) {
        TrialFolder files = folder.trial(trial);
        try {
            return outcomes.of(trial) instanceof Done done && Files.exists(files.predictions("test"))
                    ? files.readPredictedClasses(done, "test")
                    : null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Selects the latencies of some trials that may be shown in one column: measured on one machine, with one number
     * of threads. This is the place where most were measured and, if several tie, the first. Everything that shows
     * latencies shows these; latencies from other places stay in the journal and in {@code trial.json}.
     *
     * @param leftOut the other places
     */
    record LatencyColumn(List<TrialOutcome> trials, List<String> leftOut) {

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
            Map<String, Long> counts = latencies(all)
                    .collect(Collectors.groupingBy(Latency::place, LinkedHashMap::new, Collectors.counting()));
            return counts.entrySet().stream()
                    .max(Map.Entry.comparingByValue())
                    .map(Map.Entry::getKey)
                    .orElse(null);
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
            return TrialOutcome.done(trials).flatMap(done -> done.efficiency().latencies().values().stream());
        }
    }
}
