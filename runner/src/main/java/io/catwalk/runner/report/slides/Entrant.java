package io.catwalk.runner.report.slides;

import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.experiment.Comparison;
import io.catwalk.runner.report.RunReport;
import io.catwalk.runner.report.RunReport.Model;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.ParityResult;
import io.catwalk.runner.trial.TrialMetrics;
import io.catwalk.runner.trial.TrialSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the trials of one classifier with one choice of hyperparameters: those of all seeds and folds.
 *
 * @param name such as {@code lstm} or {@code lstm@wide}
 * @param models its trials, done or failed; at least one
 * @param standing its place in the comparison; null if there is none
 */
record Entrant(String name, List<Model> models, Comparison.@Nullable Standing standing) {

    /** Copies the list. */
    Entrant {
        models = List.copyOf(models);
    }

    /** Gathers the trials of a run, in the order of the request. */
    static List<Entrant> of(RunReport report) {
        Map<String, List<Model>> byName = new LinkedHashMap<>();
        for (Model model : report.models()) {
            byName.computeIfAbsent(model.outcome().trial().label(), name -> new ArrayList<>())
                    .add(model);
        }
        Comparison comparison = report.results().comparison();
        List<Entrant> entrants = new ArrayList<>();
        byName.forEach((name, models) -> {
            Comparison.Standing standing = comparison == null
                    ? null
                    : comparison.standings().stream()
                            .filter(one -> one.contestant().equals(name))
                            .findFirst()
                            .orElse(null);
            entrants.add(new Entrant(name, models, standing));
        });
        return entrants;
    }

    /** Returns the trials with a trained network. */
    List<Model> done() {
        return models.stream().filter(Model::done).toList();
    }

    /** Returns the first trial: hyperparameters and recipe are the same in all. */
    TrialSpec request() {
        return models.get(0).outcome().trial();
    }

    /** Returns the mean of a metric over the trials; null if none is done. */
    @Nullable
    Double metric(ToDoubleFunction<TrialMetrics> metric) {
        OptionalDouble mean =
                values(metric).stream().mapToDouble(Double::doubleValue).average();
        return mean.isPresent() ? (Double) mean.getAsDouble() : null;
    }

    /** Returns a metric of every trial that is done. */
    List<Double> values(ToDoubleFunction<TrialMetrics> metric) {
        return done().stream()
                .map(model -> metric.applyAsDouble(model.trained().metrics()))
                .toList();
    }

    /** Returns the accuracy on the images that judge: the mean over the trials. */
    @Nullable
    Double accuracy() {
        return metric(metrics -> metrics.test().accuracy());
    }

    /** Returns the lower bound of its 95 % interval; null where none is known, as of several trials not compared. */
    @Nullable
    Double low() {
        return standing != null
                ? finite(standing.accuracyLow())
                : done().size() == 1 ? metric(metrics -> metrics.test().accuracyLow()) : null;
    }

    /** Returns the upper bound likewise. */
    @Nullable
    Double high() {
        return standing != null
                ? finite(standing.accuracyHigh())
                : done().size() == 1 ? metric(metrics -> metrics.test().accuracyHigh()) : null;
    }

    /** Returns the standard deviation of the accuracies of its trials; null for a single trial, or without a comparison. */
    @Nullable
    Double deviation() {
        return standing == null ? null : standing.standardDeviation();
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? (Double) value : null;
    }

    /** Returns what it costs: that of the first trial that tells. */
    @Nullable
    Efficiency efficiency() {
        return done().stream()
                .map(model -> model.trained().efficiency())
                .findFirst()
                .orElse(null);
    }

    /** Returns how fast the ONNX file answers; null if it was not measured. */
    @Nullable
    Latency onnxruntime() {
        return done().stream()
                .map(model -> model.trained().efficiency())
                .map(Efficiency::onnxruntime)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** Returns how fast the network answers on PyTorch; null if it was not measured. */
    @Nullable
    Latency pytorch() {
        return done().stream()
                .map(model -> model.trained().efficiency())
                .map(Efficiency::pytorch)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** Returns the outcomes of the cross-checks, one for each trial that was exported. */
    List<ParityResult> parities() {
        return done().stream()
                .map(model -> model.trained().parity())
                .filter(Objects::nonNull)
                .toList();
    }

    /** Returns the evaluations of its predictions, one for each trial that has them. */
    List<Evaluation> evaluations() {
        return done().stream().map(Model::evaluation).filter(Objects::nonNull).toList();
    }
}
