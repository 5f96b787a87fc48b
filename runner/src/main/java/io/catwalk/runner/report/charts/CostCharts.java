package io.catwalk.runner.report.charts;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.experiment.Comparison.Baseline;
import io.catwalk.runner.experiment.Comparison.Standing;
import io.catwalk.runner.report.Entrant;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.Wording;
import io.catwalk.runner.report.charts.Series.Look;
import io.catwalk.runner.report.charts.Series.Point;
import io.catwalk.runner.report.charts.XyChart.Guide;
import io.catwalk.runner.report.graphics.Symbol;
import io.catwalk.runner.report.words.ComparisonWords;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Draws what the networks cost against what they achieve. */
record CostCharts(ReportModel model) {

    static Stream<Optional<Chart>> all(ReportModel model) {
        return Stream.of(new CostCharts(model).accuracyAgainstLatency());
    }

    /** Draws accuracy against latency, with the Pareto front. */
    private Optional<Chart> accuracyAgainstLatency() {
        List<Entrant> measured = model.trained().stream()
                .filter(one -> one.micros(model.engine()) != null
                        && Double.isFinite(one.stands().accuracy()))
                .toList();
        if (measured.isEmpty()) {
            return Optional.empty();
        }
        List<Entrant> front = model.front();
        List<Series> series = new ArrayList<>();
        if (!front.isEmpty()) {
            List<Point> steps = front.stream()
                    .map(one -> Point.at(micros(one), 100 * one.stands().accuracy(), ""))
                    .toList();
            series.add(new Series("Pareto front", "#7F7F7F", Symbol.CIRCLE, Look.STEPS, false, steps));
        }
        ChartTable table =
                new ChartTable("Classifier", "Accuracy %", "95 % interval", "Latency", "ONNX file", "On the front");
        for (Entrant one : measured) {
            Standing standing = one.stands();
            Long bytes = Objects.requireNonNull(one.efficiency()).onnxBytes();
            double size = bytes == null ? 0 : Math.sqrt(bytes / 16_000.0);
            Point point = new Point(
                    micros(one),
                    100 * standing.accuracy(),
                    percent(standing.accuracyLow()),
                    percent(standing.accuracyHigh()),
                    Math.min(11, Math.max(4.5, size)),
                    table.add(
                            one.name(),
                            Numbers.percent(standing.accuracy()),
                            ChartTable.percents(standing.accuracyLow(), standing.accuracyHigh()),
                            latency(one),
                            Numbers.bytes(bytes),
                            standing.onFront() == null ? Numbers.NONE : standing.onFront() ? "yes" : "no"));
            series.add(Series.of(one, Look.DOTS, List.of(point)));
        }
        Axis across = Axis.doubling(
                "Latency of one image, µs (" + model.latencyTitle() + ")",
                measured.stream().map(this::micros).toList());
        Axis up = Axis.percent("Accuracy, %", Series.span(series));
        List<Guide> baselines = new ArrayList<>();
        for (Baseline baseline : AccuracyCharts.baselines(model)) {
            double accuracy = 100 * baseline.accuracy();
            if (up.holds(accuracy)) {
                String words = ComparisonWords.name(baseline.name()) + " " + Numbers.percent(baseline.accuracy());
                baselines.add(new Guide(across.first(), accuracy, across.last(), accuracy, words));
            }
        }
        return Optional.of(new XyChart(
                table.caption(
                        "accuracy-latency",
                        title(measured, front),
                        (front.isEmpty()
                                        ? ""
                                        : "The dashed line is the Pareto front: no classifier is better on both axes"
                                                + " than those on it. ")
                                + "Bars are 95 % intervals; larger symbols are larger files."
                                + (baselines.isEmpty() ? "" : " Straight dashed lines are baselines.")),
                across,
                up,
                series,
                baselines));
    }

    private String title(List<Entrant> measured, List<Entrant> front) {
        Entrant best = measured.get(0);
        if (measured.size() == 1) {
            return best.name() + " takes " + latency(best) + " for an image, at "
                    + Numbers.percent(best.stands().accuracy()) + " % accuracy";
        }
        if (front.isEmpty()) {
            return "The latencies are rough: the machine was busy, so there is no Pareto front";
        }
        Entrant fastest = front.get(0);
        Entrant last = front.get(front.size() - 1);
        return front.size() == 1
                ? "No classifier is more accurate or faster than " + fastest.name()
                : fastest.name() + " takes " + latency(fastest) + " at "
                        + Numbers.percent(fastest.stands().accuracy()) + " % accuracy, " + last.name() + " "
                        + latency(last) + " at " + Numbers.percent(last.stands().accuracy()) + " %";
    }

    private String latency(Entrant one) {
        return Wording.latency(one.latency(model.engine()));
    }

    private double micros(Entrant one) {
        return Objects.requireNonNull(one.micros(model.engine()));
    }

    private static @Nullable Double percent(double share) {
        return Double.isFinite(share) ? (Double) (100 * share) : null;
    }
}
