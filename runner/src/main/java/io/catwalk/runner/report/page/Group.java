package io.catwalk.runner.report.page;

import io.catwalk.runner.experiment.Comparison;
import io.catwalk.runner.experiment.Comparison.Standing;
import io.catwalk.runner.experiment.Results;
import io.catwalk.runner.report.Palette;
import io.catwalk.runner.report.RunReport;
import io.catwalk.runner.report.RunReport.Model;
import io.catwalk.runner.statistics.Spread;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.ParityResult;
import io.catwalk.runner.trial.TrialResult;
import io.catwalk.runner.trial.TrialSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
            byName.computeIfAbsent(label(model.result()), name -> new ArrayList<>())
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

    private static String label(TrialResult trial) {
        return trial.variant().equals(TrialSpec.DEFAULT_VARIANT)
                ? trial.classifier()
                : trial.classifier() + "@" + trial.variant();
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
        double[] accuracies = values(done, "accuracy");
        double f1 = mean(values(done, "f1_macro"));
        if (accuracies.length < 2) {
            double[] low = values(done, "accuracy_low");
            double[] high = values(done, "accuracy_high");
            return new Standing(name, done.size(), mean(accuracies), null, mean(low), mean(high), f1, null, null, null);
        }
        Spread spread = Spread.of(accuracies);
        return new Standing(
                name,
                done.size(),
                spread.mean(),
                spread.standardDeviation(),
                spread.interval().low(),
                spread.interval().high(),
                f1,
                null,
                null,
                null);
    }

    private static double[] values(List<Model> models, String metric) {
        return models.stream()
                .map(model -> Results.metric(model.result(), "test", metric))
                .filter(value -> value != null && Double.isFinite(value))
                .mapToDouble(value -> Objects.requireNonNull(value))
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

    /** Returns the trial that stands for what the contestant costs: the first that was measured, else the first. */
    TrialResult first() {
        return models.stream()
                .filter(Model::done)
                .min(Comparator.comparing(model -> latency(model.result()) == null))
                .orElse(models.get(0))
                .result();
    }

    /** Returns the ONNX file of one of its trials; null if there is none. */
    @Nullable Path onnx() {
        return models.stream().map(Model::onnx).filter(Objects::nonNull).findFirst().orElse(null);
    }

    /** Returns what it costs; null if that is not known. */
    @Nullable
    Efficiency efficiency() {
        return first().efficiency();
    }

    /** Returns how its ONNX file compares; null if none was asked for. */
    @Nullable
    ParityResult parity() {
        return first().parity();
    }

    /** Returns the median time of one image: on ONNX Runtime, else on PyTorch; null if it was not measured. */
    @Nullable
    Double latency() {
        return latency(first());
    }

    private static @Nullable Double latency(TrialResult trial) {
        Efficiency efficiency = trial.efficiency();
        Latency latency = efficiency == null
                ? null
                : efficiency.onnxruntime() == null ? efficiency.pytorch() : efficiency.onnxruntime();
        return latency == null ? null : (Double) latency.p50Micros();
    }

    /** Returns a metric averaged over its trials; NaN where none has it. */
    double mean(String part, String metric) {
        return done().stream()
                .map(model -> Results.metric(model.result(), part, metric))
                .filter(Objects::nonNull)
                .mapToDouble(value -> Objects.requireNonNull(value))
                .average()
                .orElse(Double.NaN);
    }

    /** Returns the gravest verdict on overfitting of its trials; a dash where there is none. */
    String overfitting() {
        List<String> verdicts = done().stream()
                .map(model -> model.result().overfitting())
                .filter(Objects::nonNull)
                .map(gaps -> String.valueOf(gaps.get("verdict")))
                .toList();
        return List.of("strong", "mild", "none").stream()
                .filter(verdicts::contains)
                .findFirst()
                .orElse(Numbers.NONE);
    }
}
