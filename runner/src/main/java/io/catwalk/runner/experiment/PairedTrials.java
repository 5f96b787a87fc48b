package io.catwalk.runner.experiment;

import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.experiment.Comparison.Incomplete;
import io.catwalk.runner.experiment.Comparison.Round;
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
 * Pairs the trained networks of an experiment. If the classifiers share enough, only the seeds and folds count that all
 * of them have finished, so that none profits from an easier fold.
 *
 * @param trials that count, of each classifier with a trained network, in the order of the request
 * @param results of all trials that are done
 * @param folds whether it is a cross-validation
 * @param paired whether the classifiers share a seed or, with folds, two folds
 * @param withoutNetwork the classifiers without a trained network
 * @param incomplete which trials count, if trials are missing; null if none is
 */
record PairedTrials(
        Map<String, List<TrialSpec>> trials,
        Map<TrialSpec, Done> results,
        boolean folds,
        boolean paired,
        List<String> withoutNetwork,
        @Nullable Incomplete incomplete) {

    static PairedTrials of(List<TrialSpec> planned, Outcomes finished) {
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
        // A classifier without any network has no numbers, and is named among those without a rank.
        boolean missing = !trials.isEmpty() && shared.size() < rounds.size();
        Incomplete incomplete = missing
                ? new Incomplete(planned.size(), results.size(), paired ? List.copyOf(shared) : List.of())
                : null;
        return new PairedTrials(trials, results, folds, paired, List.copyOf(without), incomplete);
    }

    /** Returns a score on the test images of a trial. */
    double score(TrialSpec trial, ToDoubleFunction<Metrics> metric) {
        return metric.applyAsDouble(result(trial).metrics().test());
    }

    /** Returns the latency of a classifier: that of its first network that was measured on a quiet machine. */
    @Nullable
    Latency latency(String classifier) {
        InferenceEngine engine = Results.latencyEngine(results.values());
        return results.entrySet().stream()
                .filter(trial -> trial.getKey().label().equals(classifier))
                .map(trial -> trial.getValue().efficiency().latency(engine))
                .filter(latency -> latency != null && latency.busy() == null && Double.isFinite(latency.p50Micros()))
                .findFirst()
                .orElse(null);
    }

    Done result(TrialSpec trial) {
        return Objects.requireNonNull(results.get(trial));
    }
}
