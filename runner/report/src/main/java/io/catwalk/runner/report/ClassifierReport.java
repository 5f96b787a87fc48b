package io.catwalk.runner.report;

import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.latency.InferenceEngine;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.report.ReportModel.Cached;
import io.catwalk.runner.report.ReportModel.Model;
import io.catwalk.runner.results.Comparison;
import io.catwalk.runner.results.Comparison.Standing;
import io.catwalk.runner.results.GeneralizationGap;
import io.catwalk.runner.results.RunResults;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.ParityResult;
import io.catwalk.runner.trial.TrialOutcome.Done;
import io.catwalk.runner.trial.TrialOutcome.TrialMetrics;
import io.catwalk.runner.trial.TrialSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The trials of one classifier with one set of hyperparameters, over all seeds and folds. Metrics and
 * training times are means over the trials that the comparison counts; other costs are those of the first of these
 * that was measured.
 *
 * @param number in the report, from 1, the best first; the page uses it in ids
 * @param name its label, such as {@code lstm} or {@code lstm@wide}
 * @param models its trials; at least one
 * @param standing over all trials; null if none has a trained network
 */
record ClassifierReport(
        int number,
        String name,
        Palette.Look look,
        List<Model> models,
        RunResults results,
        @Nullable Standing standing,
        Cached<Evaluation> cached) {

    /** Groups the trials of a run by classifier, the most accurate first, those without a trained network last. */
    static List<ClassifierReport> of(List<Model> models, RunResults results) {
        Map<String, List<Model>> byName = models.stream()
                .collect(Collectors.groupingBy(
                        model -> model.outcome().trial().label(), LinkedHashMap::new, Collectors.toList()));
        Palette palette = new Palette(List.copyOf(byName.keySet()));
        List<ClassifierReport> entrants = new ArrayList<>();
        byName.keySet().stream()
                .sorted(Comparator.comparingDouble(name -> place(standing(results, name))))
                .forEach(name -> entrants.add(new ClassifierReport(
                        entrants.size() + 1,
                        name,
                        palette.look(name),
                        Objects.requireNonNull(byName.get(name)),
                        results,
                        standing(results, name),
                        new Cached<>())));
        return List.copyOf(entrants);
    }

    private static @Nullable Standing standing(RunResults results, String name) {
        Comparison comparison = results.comparison();
        return comparison == null ? null : comparison.standing(name);
    }

    private static double place(@Nullable Standing standing) {
        return standing == null ? 2 : Double.isNaN(standing.accuracy()) ? 1 : -standing.accuracy();
    }

    public String color() {
        return look.color();
    }

    public Symbol symbol() {
        return look.symbol();
    }

    /** Returns by how much its training accuracy is above its validation accuracy, which a given model does not have. */
    public GeneralizationGap gap() {
        return Objects.requireNonNull(stands().gap(), name);
    }

    /** Returns its standing over all trials, of which one has a trained network. */
    public Standing stands() {
        return Objects.requireNonNull(standing, name);
    }

    /** Returns the 95 % interval of its accuracy. */
    public Cell.Range interval() {
        return Cell.percent(stands().accuracyLow(), stands().accuracyHigh());
    }

    public List<Model> done() {
        return models.stream().filter(Model::done).toList();
    }

    public List<Model> failed() {
        return models.stream().filter(model -> !model.done()).toList();
    }

    private Stream<Model> counted() {
        Comparison comparison = results.comparison();
        return models.stream()
                .filter(model ->
                        comparison == null || comparison.counts(model.outcome().trial()));
    }

    /** Returns the specification of its first trial: hyperparameters and recipe are the same in all. */
    public TrialSpec request() {
        return models.get(0).outcome().trial();
    }

    /** Returns the trial whose costs are reported: of those that count, the first measured, else the first; or null. */
    public @Nullable Done first() {
        return counted()
                .filter(Model::done)
                .map(Model::trained)
                .min(Comparator.comparing(done -> done.efficiency().onnxruntime() == null
                        && done.efficiency().pytorch() == null))
                .orElse(null);
    }

    /** Returns its costs, with the mean training time of its trials that count; null if they are not known. */
    public @Nullable Efficiency efficiency() {
        Done first = first();
        return first == null || standing == null
                ? null
                : first.efficiency()
                        .withTrainingSeconds(
                                standing.trainingSeconds() == null
                                        ? null
                                        : standing.trainingSeconds().mean());
    }

    /** Returns one of its costs; null if it is not known. */
    public <T> @Nullable T cost(Function<Efficiency, @Nullable T> which) {
        Efficiency efficiency = efficiency();
        return efficiency == null ? null : which.apply(efficiency);
    }

    /** Returns the latency of its first measured trial, preferably on an idle machine; null if none was measured. */
    public @Nullable Latency latency(InferenceEngine engine) {
        return models.stream()
                .filter(Model::done)
                .map(model -> model.trained().efficiency().latency(engine))
                .filter(Objects::nonNull)
                .min(Comparator.comparing(latency -> latency.busy() != null))
                .orElse(null);
    }

    /** Returns its latency on the engine by which classifiers are compared; null if it was not measured. */
    public @Nullable Latency latency() {
        return latency(results.latencyEngine());
    }

    /** Returns the median time of one image on that engine, in microseconds; null if it was not measured. */
    public @Nullable Double micros() {
        Latency latency = latency();
        return latency == null || !Double.isFinite(latency.p50Micros()) ? null : (Double) latency.p50Micros();
    }

    /** Returns the outcomes of the cross-checks, one for each trial that was exported. */
    public List<ParityResult> parities() {
        return done().stream()
                .map(model -> model.trained().parity())
                .filter(Objects::nonNull)
                .toList();
    }

    /** Returns the ONNX file of one of its trials; null if there is none. */
    public @Nullable Path onnx() {
        return models.stream()
                .map(Model::onnx)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** Returns the finite values of a metric over the trials with a trained network that count. */
    public List<Double> values(ToDoubleFunction<TrialMetrics> metric) {
        return counted()
                .filter(Model::done)
                .map(model -> metric.applyAsDouble(model.trained().metrics()))
                .filter(Double::isFinite)
                .toList();
    }

    /** Returns the mean of a metric over its trials; null if there is no value. */
    public @Nullable Double mean(ToDoubleFunction<TrialMetrics> metric) {
        OptionalDouble mean =
                values(metric).stream().mapToDouble(Double::doubleValue).average();
        return mean.isPresent() ? (Double) mean.getAsDouble() : null;
    }

    /** Returns whether there are predictions for test images. */
    public boolean evaluated() {
        return answered().findAny().isPresent();
    }

    /**
     * Returns the trials whose predictions are shown image by image: those of one seed and, in a repeated
     * cross-validation, of one repetition, so that each image counts once. Of several, the first with the most trials
     * that have predictions is taken.
     */
    public List<Model> shown() {
        return answered()
                .collect(Collectors.groupingBy(this::partOf, LinkedHashMap::new, Collectors.toList()))
                .values()
                .stream()
                .reduce(List.of(), (most, part) -> part.size() > most.size() ? part : most);
    }

    private Stream<Model> answered() {
        return counted().filter(model -> model.answers() != null);
    }

    /** Names the seed and the repetition of a trial. */
    private List<Long> partOf(Model model) {
        TrialSpec trial = model.outcome().trial();
        int folds = results.experiment().folds();
        return List.of(trial.seed(), folds == 0 ? 0 : (long) (trial.fold() - 1) / folds);
    }

    /** Says which trials {@link #shown} selects, in a sentence with a space behind it; empty if it selects all. */
    public String selection() {
        List<Model> shown = shown();
        if (shown.size() == answered().count()) {
            return "";
        }
        List<Long> part = partOf(shown.get(0));
        String repetition = results.experiment().repeats() > 1 ? "repetition " + (part.get(1) + 1) : "";
        String seed = results.experiment().seeds().size() > 1
                ? "seed " + part.get(0) + (repetition.isEmpty() ? "" : ", ")
                : "";
        return Wording.capital(seed + repetition) + " only, so that each image counts once. ";
    }

    /** Returns the evaluation of all predictions of the trials that are {@link #shown}; null if there are none. */
    public @Nullable Evaluation evaluation() {
        List<Model> shown = shown();
        if (shown.size() < 2) {
            return shown.isEmpty() ? null : shown.get(0).evaluation();
        }
        return cached.get(() -> Evaluation.of(
                shown.stream()
                        .<Supplier<Predictions>>map(trial -> () -> Objects.requireNonNull(trial.predictions()))
                        .toList(),
                results.dataset().classes()));
    }

    /** Returns the same of a classifier that is {@link #evaluated}. */
    public Evaluation requireEvaluation() {
        return Objects.requireNonNull(evaluation(), name);
    }
}
