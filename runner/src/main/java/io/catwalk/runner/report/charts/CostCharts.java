package io.catwalk.runner.report.charts;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.experiment.Comparison.Standing;
import io.catwalk.runner.report.Entrant;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.charts.Chart.Caption;
import io.catwalk.runner.report.charts.Row.Bar;
import io.catwalk.runner.report.charts.Row.Item;
import io.catwalk.runner.report.charts.Series.Look;
import io.catwalk.runner.report.charts.Series.Point;
import io.catwalk.runner.report.graphics.Symbol;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.InferenceEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Draws what the networks cost, and their accuracy against it; a chart without data is left out.
 *
 * @param model content of the report
 */
public record CostCharts(ReportModel model) {

    /** Draws accuracy against latency, with the Pareto front. */
    public Optional<Chart> accuracyAgainstLatency() {
        List<Entrant> measured = model.trained().stream()
                .filter(one -> one.micros(model.engine()) != null
                        && Double.isFinite(one.stands().accuracy()))
                .toList();
        if (measured.isEmpty()) {
            return Optional.empty();
        }
        List<Entrant> front = model.front();
        List<Series> series = new ArrayList<>();
        List<Double> accuracies = new ArrayList<>();
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("Classifier", "Accuracy %", "Latency, µs", "ONNX file", "On the front"));
        if (!front.isEmpty()) {
            series.add(new Series(
                    "Pareto front",
                    "#7F7F7F",
                    Symbol.CIRCLE,
                    Look.STEPS,
                    false,
                    front.stream()
                            .map(one -> Point.at(micros(one), RunCharts.accuracy(one), ""))
                            .toList()));
        }
        for (Entrant one : measured) {
            Standing standing = one.stands();
            Efficiency efficiency = Objects.requireNonNull(one.efficiency());
            accuracies.addAll(
                    List.of(100 * standing.accuracyLow(), 100 * standing.accuracyHigh(), RunCharts.accuracy(one)));
            double size = efficiency.onnxBytes() == null ? 0 : Math.sqrt(efficiency.onnxBytes() / 16_000.0);
            series.add(new Series(
                    one.name(),
                    one.color(),
                    one.symbol(),
                    Look.DOTS,
                    true,
                    List.of(new Point(
                            micros(one),
                            RunCharts.accuracy(one),
                            RunCharts.finite(100 * standing.accuracyLow()),
                            RunCharts.finite(100 * standing.accuracyHigh()),
                            Math.min(11, Math.max(4.5, size)),
                            one.name() + ": " + Numbers.percent(standing.accuracy()) + " % (" + one.interval() + "), "
                                    + Numbers.micros(one.micros(model.engine())) + ", "
                                    + Numbers.bytes(efficiency.onnxBytes())))));
            table.add(List.of(
                    one.name(),
                    Numbers.percent(standing.accuracy()),
                    Numbers.count(one.micros(model.engine())),
                    Numbers.bytes(efficiency.onnxBytes()),
                    standing.onFront() == null ? "-" : standing.onFront() ? "yes" : "no"));
        }
        List<Double> latencies = measured.stream().map(this::micros).toList();
        return Optional.of(new XyChart(
                new Caption(
                        "accuracy-latency",
                        "Accuracy against latency",
                        front.isEmpty()
                                ? "There is no Pareto front: the latencies were measured on a busy machine."
                                : "On the Pareto front of accuracy and latency: "
                                        + front.stream()
                                                .map(one -> one.name() + " with "
                                                        + Numbers.percent(
                                                                one.stands().accuracy()) + " % and "
                                                        + Numbers.micros(one.micros(model.engine())))
                                                .collect(Collectors.joining("; "))
                                        + ".",
                        (front.isEmpty()
                                        ? ""
                                        : "The dashed line is the Pareto front: no classifier is better on both axes"
                                                + " than those on it. ")
                                + "Bars are 95 % intervals; larger symbols are larger files.",
                        table),
                Axis.doubling("Latency of one image, µs (" + model.latencyTitle() + ")", latencies),
                Axis.percent("Accuracy, %", accuracies),
                series,
                List.of()));
    }

    private double micros(Entrant one) {
        return Objects.requireNonNull(one.micros(model.engine()));
    }

    /** Costs of a network. */
    public enum Cost {
        /** Training time. */
        TRAINING("training-time", "Training time"),
        /** Latency of one image. */
        LATENCY("latency", "Latency of one image"),
        /** Size of the ONNX file. */
        FILE("file-size", "Size of the ONNX file"),
        /** Peak memory of training. */
        MEMORY("memory", "Peak memory of training");

        private final String file;
        private final String title;

        Cost(String file, String title) {
            this.file = file;
            this.title = title;
        }

        private String text(double value) {
            return switch (this) {
                case TRAINING -> Numbers.duration(value);
                case LATENCY -> Numbers.micros(value);
                case FILE, MEMORY -> Numbers.bytes(value);
            };
        }

        private List<Amount> of(Entrant one) {
            Efficiency efficiency = one.efficiency();
            if (efficiency == null) {
                return List.of();
            }
            return switch (this) {
                case TRAINING -> amount(efficiency.trainingSeconds());
                case LATENCY ->
                    Stream.of(InferenceEngine.ONNX_RUNTIME, InferenceEngine.PYTORCH)
                            .filter(engine -> one.micros(engine) != null)
                            .map(engine -> new Amount(engine.title(), Objects.requireNonNull(one.micros(engine))))
                            .toList();
                case FILE -> amount(efficiency.onnxBytes());
                case MEMORY -> amount(efficiency.peakMemoryBytes());
            };
        }

        private List<Amount> amount(@Nullable Number number) {
            return number == null || !Double.isFinite(number.doubleValue())
                    ? List.of()
                    : List.of(new Amount(title, number.doubleValue()));
        }
    }

    /** The value of one bar. */
    private record Amount(String what, double value) {}

    /** Draws what the networks cost, as bars. */
    public Optional<Chart> cost(Cost cost) {
        List<Row> rows = new ArrayList<>();
        List<Double> span = new ArrayList<>();
        List<String> kinds = model.trained().stream()
                .flatMap(one -> cost.of(one).stream().map(Amount::what))
                .distinct()
                .toList();
        List<List<String>> table = new ArrayList<>();
        table.add(Stream.concat(Stream.of("Classifier"), kinds.stream()).toList());
        for (Entrant one : model.trained()) {
            List<Amount> amounts = cost.of(one);
            if (amounts.isEmpty()) {
                continue;
            }
            List<Item> items = new ArrayList<>();
            List<String> cells = new ArrayList<>(List.of(one.name()));
            for (String kind : kinds) {
                Optional<Amount> amount = amounts.stream()
                        .filter(each -> each.what().equals(kind))
                        .findFirst();
                amount.ifPresent(each -> {
                    items.add(new Bar(each.value(), kinds.indexOf(kind), kinds.size()));
                    span.add(each.value());
                });
                cells.add(amount.map(each -> cost.text(each.value())).orElse(Numbers.NONE));
            }
            table.add(cells);
            rows.add(Row.of(
                    one,
                    items,
                    String.join(" / ", cells.subList(1, cells.size())),
                    amounts.stream()
                            .map(each -> each.what() + " " + cost.text(each.value()))
                            .collect(Collectors.joining(", ")),
                    ""));
        }
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new RowChart(
                new Caption(
                        cost.file,
                        cost.title,
                        rows.stream().map(Row::tip).collect(Collectors.joining("; ")) + ".",
                        kinds.size() > 1 ? kinds.get(0) + " (full) / " + kinds.get(1) + " (pale), batch 1." : "",
                        table),
                Axis.fromZero("", span),
                rows));
    }
}
