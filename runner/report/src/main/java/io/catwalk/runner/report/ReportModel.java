package io.catwalk.runner.report;

import io.catwalk.runner.latency.InferenceEngine;
import io.catwalk.runner.report.RunReport.Model;
import io.catwalk.runner.results.Comparison;
import io.catwalk.runner.results.Comparison.Baseline;
import io.catwalk.runner.results.RunResults;
import io.catwalk.runner.statistics.Paired;
import io.catwalk.runner.statistics.PairedComparison;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The content of a report on a run. Sections and charts put it into words and pictures. The most
 * accurate classifiers are the first, and those without a trained network the last.
 */
public record ReportModel(RunReport run, List<ClassifierReport> entrants, InferenceEngine engine) {

    private static final int CHARTED = 24;

    public static ReportModel of(RunReport run) {
        return new ReportModel(run, ClassifierReport.of(run), run.results().latencyEngine());
    }

    /** Reads and evaluates the predictions of all classifiers, on all cores. */
    public void evaluate() {
        trained().parallelStream().forEach(ClassifierReport::evaluation);
    }

    public RunResults results() {
        return run.results();
    }

    public RunResults.Dataset dataset() {
        return run.results().dataset();
    }

    public @Nullable Comparison comparison() {
        return run.results().comparison();
    }

    /** Returns the classifiers with a trained network, the most accurate first. */
    public List<ClassifierReport> trained() {
        return entrants.stream().filter(one -> one.standing() != null).toList();
    }

    /** Returns the classifiers with the highest accuracy: several if theirs is the same, none without a network. */
    public List<ClassifierReport> leaders() {
        List<ClassifierReport> trained = trained();
        return trained.stream()
                .filter(one -> Paired.order(
                                one.stands().accuracy(), trained.get(0).stands().accuracy())
                        == 0)
                .toList();
    }

    /** Returns the classifiers that get charts of their own: with more, the page is too large to be sent by mail. */
    public List<ClassifierReport> charted() {
        return trained().stream().limit(CHARTED).toList();
    }

    /** Returns the trials with a trained network, those of the best classifier first. */
    public List<Model> done() {
        return entrants.stream().flatMap(one -> one.done().stream()).toList();
    }

    public List<Model> failed() {
        return entrants.stream().flatMap(one -> one.failed().stream()).toList();
    }

    /** Returns whether its networks were tested on folds of the training images; the best of a search was not. */
    public boolean folded() {
        return results().experiment().folds() > 0
                && run.models().stream()
                        .noneMatch(model -> model.outcome().trial().fold() == 0);
    }

    /** Returns whether some classifier was trained more than once. */
    public boolean several() {
        return entrants.stream().anyMatch(one -> one.done().size() > 1);
    }

    /** Says which images the trials were evaluated on. */
    public String testedOn() {
        RunResults.Summary experiment = results().experiment();
        if (experiment.folds() == 0) {
            return Wording.count(dataset().test(), "test image", "test images");
        }
        if (results().tuning() != null) {
            return experiment.folds() + " folds of the training images"
                    + (folded()
                            ? ""
                            : "; the best candidate also on "
                                    + Wording.count(dataset().test(), "test image", "test images"));
        }
        return (experiment.repeats() > 1 ? experiment.repeats() + " × " : "") + experiment.folds()
                + " folds of the training images";
    }

    /** Says in a sentence which classifier to choose. */
    public String headline() {
        return words().map(ComparisonWords::headline)
                .orElse("No classifier has a trained network, so there is nothing to choose from.");
    }

    /** Names the baselines that the best is not clearly above; empty if it is above all. */
    public String baselinesAbove() {
        return words().map(words -> words.baselines().strip()).orElse("");
    }

    /** Says in a sentence what the answer leaves open; empty if it leaves nothing open. */
    public String limits() {
        return words().map(words -> String.join(" ", words.limits())).orElse("");
    }

    private Optional<ComparisonWords> words() {
        return Optional.ofNullable(comparison()).map(comparison -> new ComparisonWords(comparison, results()));
    }

    /** Returns what is reached without a network; empty if it is not known. */
    public List<Baseline> baselines() {
        Comparison comparison = comparison();
        return comparison == null ? List.of() : comparison.baselines();
    }

    /** Returns the engine and the batch size of the latencies, as a title. */
    public String latencyTitle() {
        return engine.title() + ", batch 1";
    }

    /**
     * Returns the Pareto front, from the fastest to the most accurate: the classifiers that no other is better than in
     * both accuracy and latency. It is empty if no latency was measured, or only on a busy machine.
     */
    public List<ClassifierReport> front() {
        return timed().stream()
                .filter(one -> Boolean.TRUE.equals(one.stands().onFront()))
                .toList();
    }

    /** Returns the classifiers with a latency, the fastest first. */
    public List<ClassifierReport> timed() {
        return trained().stream()
                .filter(one -> one.micros(engine) != null)
                .sorted(Comparator.comparingDouble(one -> Objects.requireNonNull(one.micros(engine))))
                .toList();
    }

    /** Returns the first compared with the second; null if they are not compared. */
    public @Nullable PairedComparison pairOf(String first, String second) {
        Comparison comparison = comparison();
        return comparison == null ? null : comparison.pair(first, second);
    }

    /** Returns the key by which scripts find a pair of classifiers: their numbers with a colon between them. */
    public String pairKey(String first, String second) {
        return entrant(first).number() + ":" + entrant(second).number();
    }

    public ClassifierReport entrant(String name) {
        return entrants.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /**
     * Returns the classifiers that the best is not clearly ahead of, itself first; also those that it is probably better
     * than, and those that it is not compared with.
     */
    public List<ClassifierReport> choices() {
        List<ClassifierReport> trained = trained();
        return trained.stream()
                .filter(one -> {
                    PairedComparison pair = pairOf(trained.get(0).name(), one.name());
                    return pair == null || !pair.clearlyBetter();
                })
                .toList();
    }

    /** Returns whether the best classifier is compared with at least one other. */
    public boolean tested() {
        List<ClassifierReport> trained = trained();
        return trained.stream().anyMatch(one -> pairOf(trained.get(0).name(), one.name()) != null);
    }

    /** Returns the names of the settings in which recipes differ: a difference in accuracy may come from there. */
    public Set<String> differingSettings() {
        List<Map<String, String>> recipes = trained().stream()
                .map(one -> RecipeWords.settings(one.request()))
                .toList();
        return recipes.stream()
                .flatMap(recipe -> recipe.keySet().stream())
                .filter(name -> recipes.stream()
                        .anyMatch(recipe ->
                                !Objects.equals(recipe.get(name), recipes.get(0).get(name))))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
