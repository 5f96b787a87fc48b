package io.catwalk.runner.report.page;

import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.experiment.Comparison;
import io.catwalk.runner.experiment.Comparison.Standing;
import io.catwalk.runner.report.Palette;
import io.catwalk.runner.report.RunReport;
import io.catwalk.runner.report.RunReport.Model;
import io.catwalk.runner.statistics.Spread;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.ParityResult;
import io.catwalk.runner.trial.TrialMetrics;
import io.catwalk.runner.trial.TrialOutcome.Done;
import io.catwalk.runner.trial.TrialSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Holds a contestant with all its trials.
 *
 * @param number its place in the report, from 1, the best first; names its parts of the page
 * @param name its label
 * @param color its color in every chart
 * @param models its trials; at least one
 * @param standing what they come to; null if none has a trained network
 */
record Group(
        int number,
        String name,
        String color,
        List<Model> models,
        @Nullable Standing standing) {

    /** Gathers the contestants of a run, the most accurate first, those without a network last. */
    static List<Group> of(RunReport report) {
        Map<String, List<Model>> byName = new LinkedHashMap<>();
        for (Model model : report.models()) {
            byName.computeIfAbsent(model.outcome().trial().label(), name -> new ArrayList<>())
                    .add(model);
        }
        Palette palette = new Palette(List.copyOf(byName.keySet()));
        List<Group> groups = new ArrayList<>();
        byName.forEach((name, models) -> groups.add(new Group(
                0,
                name,
                palette.color(name),
                List.copyOf(models),
                standing(name, models, report.results().comparison()))));
        groups.sort(Comparator.comparingDouble(group ->
                group.standing == null ? 2 : Double.isNaN(group.standing.accuracy()) ? 1 : -group.standing.accuracy()));
        List<Group> numbered = new ArrayList<>();
        groups.forEach(group ->
                numbered.add(new Group(numbered.size() + 1, group.name, group.color, group.models, group.standing)));
        return numbered;
    }

    /** Takes the standing of the comparison, or works out the same where there is none. */
    private static @Nullable Standing standing(String name, List<Model> models, @Nullable Comparison comparison) {
        if (comparison != null) {
            for (Standing standing : comparison.standings()) {
                if (standing.contestant().equals(name)) {
                    return standing;
                }
            }
        }
        List<Model> done = models.stream().filter(Model::done).toList();
        if (done.isEmpty()) {
            return null;
        }
        double[] accuracies = values(done, Metrics::accuracy);
        double balanced = mean(values(done, Metrics::balancedAccuracy));
        double f1 = mean(values(done, metrics -> metrics.macro().f1()));
        if (accuracies.length < 2) {
            double[] low = values(done, Metrics::accuracyLow);
            double[] high = values(done, Metrics::accuracyHigh);
            return new Standing(
                    name, done.size(), mean(accuracies), null, mean(low), mean(high), balanced, f1, null, null, null);
        }
        Spread spread = Spread.of(accuracies);
        return new Standing(
                name,
                done.size(),
                spread.mean(),
                spread.standardDeviation(),
                spread.interval().low(),
                spread.interval().high(),
                balanced,
                f1,
                null,
                null,
                null);
    }

    private static double[] values(List<Model> models, ToDoubleFunction<Metrics> metric) {
        return models.stream()
                .map(model -> model.trained().metrics().test())
                .mapToDouble(metric)
                .toArray();
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    /** Returns the trials with a trained network. */
    List<Model> done() {
        return models.stream().filter(Model::done).toList();
    }

    /** Returns the trials without one. */
    List<Model> failed() {
        return models.stream().filter(model -> !model.done()).toList();
    }

    /** Returns what was asked for: hyperparameters and recipe are the same in all of its trials. */
    TrialSpec request() {
        return models.get(0).outcome().trial();
    }

    /**
     * Returns the trial that stands for what the contestant costs: the first that was measured, else the first
     * with a trained network; null if there is none.
     */
    @Nullable
    Done first() {
        return models.stream()
                .filter(Model::done)
                .map(Model::trained)
                .min(Comparator.comparing(done -> latency(done.efficiency()) == null))
                .orElse(null);
    }

    /** Returns the ONNX file of one of its trials; null if there is none. */
    @Nullable
    Path onnx() {
        return models.stream()
                .map(Model::onnx)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** Returns what it costs; null if that is not known. */
    @Nullable
    Efficiency efficiency() {
        Done first = first();
        return first == null ? null : first.efficiency();
    }

    /** Returns how its ONNX file compares; null if none was asked for. */
    @Nullable
    ParityResult parity() {
        Done first = first();
        return first == null ? null : first.parity();
    }

    /** Returns the median time of one image: on ONNX Runtime, else on PyTorch; null if it was not measured. */
    @Nullable
    Double latency() {
        return latency(efficiency());
    }

    /** Returns what that time is from; null likewise. */
    @Nullable
    Latency measured() {
        return measured(efficiency());
    }

    private static @Nullable Latency measured(@Nullable Efficiency efficiency) {
        if (efficiency == null) {
            return null;
        }
        return efficiency.onnxruntime() == null ? efficiency.pytorch() : efficiency.onnxruntime();
    }

    private static @Nullable Double latency(@Nullable Efficiency efficiency) {
        Latency latency = measured(efficiency);
        return latency == null ? null : (Double) latency.p50Micros();
    }

    /** Returns a metric averaged over its trials; NaN where there is none. */
    double mean(ToDoubleFunction<TrialMetrics> metric) {
        return done().stream()
                .map(model -> model.trained().metrics())
                .mapToDouble(metric)
                .average()
                .orElse(Double.NaN);
    }

    /** Returns by how much training accuracy is above validation accuracy, averaged; NaN where there is none. */
    double gap() {
        return mean(metrics -> metrics.train().accuracy() - metrics.validation().accuracy());
    }

    /** Returns the gravest verdict on overfitting of its trials; a dash where there is none. */
    String overfitting() {
        List<String> verdicts = done().stream()
                .map(model -> model.trained().overfitting().verdict().toString())
                .toList();
        return List.of("strong", "mild", "none").stream()
                .filter(verdicts::contains)
                .findFirst()
                .orElse(Numbers.NONE);
    }
}
