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
 * Pairs the trained networks of an experiment. If the contestants share enough, only the seeds and folds count that all
 * of them have finished, so that none profits from an easier fold.
 *
 * @param trials that count, of each contestant with a trained network, in the order of the request
 * @param results of all trials that are done
 * @param folds whether it is a cross-validation
 * @param paired whether the contestants share a seed or, with folds, two folds
 * @param leftOut why there are no ranks or verdicts, in sentences
 * @param incomplete which trials count, if trials are missing; null if none is
 */
record Contest(
        Map<String, List<TrialSpec>> trials,
        Map<TrialSpec, Done> results,
        boolean folds,
        boolean paired,
        List<String> leftOut,
        @Nullable Incomplete incomplete) {

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
            leftOut.add(
                    "There are no verdicts, since not all have finished the same " + (folds ? "two folds." : "seed."));
        }
        // A contestant without any network has no numbers, and is named among those without a rank.
        boolean missing = !trials.isEmpty() && shared.size() < rounds.size();
        Incomplete incomplete = missing
                ? new Incomplete(
                        sentence(planned.size(), results.size(), trials.size() == 1, paired ? shared : Set.of(), folds),
                        List.copyOf(paired ? shared : Set.of()))
                : null;
        return new Contest(trials, results, folds, paired, leftOut, incomplete);
    }

    /** Says how many trials are missing, and which of the others count. */
    private static String sentence(int planned, int done, boolean alone, Set<Round> counted, boolean folds) {
        String missing = "Only " + done + " of " + planned + " trials are done";
        if (alone) {
            return missing + ".";
        }
        if (counted.isEmpty()) {
            return missing + ", and all trained classifiers have " + (folds ? "no two folds" : "no seed")
                    + " in common: their numbers are of different trials.";
        }
        return missing + ": all numbers are of " + words(counted, folds)
                + ", which all trained classifiers have finished.";
    }

    private static String words(Set<Round> counted, boolean folds) {
        if (folds && counted.stream().map(Round::seed).distinct().count() > 1) {
            return "those " + counted.size() + " pairs of a seed and a fold";
        }
        List<String> numbers = counted.stream()
                .map(round -> Long.toString(folds ? round.fold() : round.seed()))
                .toList();
        return (folds ? "fold" : "seed") + (numbers.size() == 1 ? " " : "s ") + Headline.names(numbers);
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
