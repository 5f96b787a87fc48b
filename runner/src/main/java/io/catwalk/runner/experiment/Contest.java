package io.catwalk.runner.experiment;

import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.trial.InferenceEngine;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.TrialOutcome.Done;
import io.catwalk.runner.trial.TrialSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Pairs the trained networks of an experiment. If the contestants share enough, only the seeds and folds count that all
 * of them have finished, so that none profits from an easier fold.
 *
 * @param trials that count, of each contestant with a trained network, in the order of the request
 * @param results of all trials that are done
 * @param folds whether it is a cross-validation
 * @param paired whether the contestants share a seed or, with folds, two folds
 * @param leftOut what does not count, in sentences
 */
record Contest(
        Map<String, List<TrialSpec>> trials,
        Map<TrialSpec, Done> results,
        boolean folds,
        boolean paired,
        List<String> leftOut) {

    /** What corresponding trials of the contestants have in common. */
    private record Round(long seed, int fold) {

        static Round of(TrialSpec trial) {
            return new Round(trial.seed(), trial.fold());
        }
    }

    static Contest of(List<TrialSpec> planned, Outcomes finished) {
        Map<TrialSpec, Done> results = new LinkedHashMap<>();
        Map<String, List<TrialSpec>> trials = new LinkedHashMap<>();
        Set<String> without = new LinkedHashSet<>();
        Set<Round> rounds = new LinkedHashSet<>();
        for (TrialSpec trial : planned) {
            rounds.add(Round.of(trial));
            without.add(trial.label());
            if (finished.of(trial) instanceof Done done) {
                results.put(trial, done);
                trials.computeIfAbsent(trial.label(), label -> new ArrayList<>())
                        .add(trial);
            }
        }
        without.removeAll(trials.keySet());
        Set<Round> shared = new LinkedHashSet<>(rounds);
        trials.values()
                .forEach(own -> shared.retainAll(own.stream().map(Round::of).collect(Collectors.toSet())));
        boolean folds = rounds.stream().anyMatch(round -> round.fold() > 0);
        boolean paired = shared.stream().map(Round::fold).distinct().count() >= (folds ? 2 : 1);
        if (paired) {
            trials.values().forEach(own -> own.removeIf(trial -> !shared.contains(Round.of(trial))));
        }
        List<String> leftOut = new ArrayList<>();
        if (!without.isEmpty()) {
            leftOut.add(Headline.names(without) + (without.size() == 1 ? " has" : " have")
                    + " no trained network, and so no rank.");
        }
        if (!paired && trials.size() > 1) {
            leftOut.add("There are no verdicts, since not all have finished the same "
                    + (folds ? "two folds." : "seed.") + " The standings are of different trials.");
        } else if (shared.size() < rounds.size()) {
            leftOut.add("Of " + rounds.size() + " trials of each contestant only " + shared.size()
                    + (shared.size() == 1 ? " counts" : " count")
                    + " here: those whose seed and fold all have finished.");
        }
        return new Contest(trials, results, folds, paired, leftOut);
    }

    /** Returns a score on the test images of a trial. */
    double score(TrialSpec trial, ToDoubleFunction<Metrics> metric) {
        return metric.applyAsDouble(result(trial).metrics().test());
    }

    /** Returns the latency of a contestant: that of its first network that was measured on a quiet machine. */
    @Nullable
    Latency latency(String contestant) {
        InferenceEngine engine = Results.latencyEngine(results.values());
        return results.entrySet().stream()
                .filter(trial -> trial.getKey().label().equals(contestant))
                .map(trial -> trial.getValue().efficiency().latency(engine))
                .filter(latency -> latency != null && latency.busy() == null && Double.isFinite(latency.p50Micros()))
                .findFirst()
                .orElse(null);
    }

    Done result(TrialSpec trial) {
        return Objects.requireNonNull(results.get(trial));
    }
}
