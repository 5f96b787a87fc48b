package io.catwalk.runner.report.charts;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.Accuracy;
import io.catwalk.runner.report.Entrant;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.RobustnessFindings;
import io.catwalk.runner.report.charts.Chart.Caption;
import io.catwalk.runner.report.charts.Series.Look;
import io.catwalk.runner.report.charts.Series.Point;
import io.catwalk.runner.robustness.Corruption;
import io.catwalk.runner.robustness.Robustness;
import io.catwalk.runner.robustness.Robustness.Classifier;
import io.catwalk.runner.robustness.Robustness.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Draws the accuracy of each classifier by the strength of a corruption: a chart for each corruption, all with the same
 * vertical axis. There are no charts if robustness was not measured.
 *
 * @param model content of the report
 */
public record RobustnessCharts(ReportModel model) {

    /** Returns a chart for each corruption. */
    public List<Chart> all() {
        Robustness robustness = model.run().robustness();
        if (robustness == null) {
            return List.of();
        }
        List<Entrant> measured = model.trained().stream()
                .filter(one -> robustness.of(one.name()) != null)
                .limit(RunCharts.LINES)
                .toList();
        List<Double> span = new ArrayList<>();
        for (Entrant one : measured) {
            Classifier classifier = Objects.requireNonNull(robustness.of(one.name()));
            span.add(100 * classifier.clean().share());
            classifier
                    .curves()
                    .forEach(curve -> curve.steps()
                            .forEach(step -> span.add(100 * step.accuracy().share())));
        }
        Axis up = Axis.percent("Accuracy, %", span);
        List<Chart> charts = new ArrayList<>();
        for (Corruption corruption : Corruption.values()) {
            charts.add(chart(robustness, corruption, measured, up));
        }
        return charts;
    }

    private static Chart chart(Robustness robustness, Corruption corruption, List<Entrant> measured, Axis up) {
        List<Series> series = new ArrayList<>();
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("Classifier", corruption.title() + ", " + corruption.unit(), "Accuracy %", "95 % interval"));
        for (Entrant one : measured) {
            Classifier classifier = Objects.requireNonNull(robustness.of(one.name()));
            List<Step> steps = new ArrayList<>(List.of(new Step(0, classifier.clean())));
            steps.addAll(classifier.curve(corruption).steps());
            List<Point> points = new ArrayList<>();
            for (Step step : steps) {
                Accuracy accuracy = step.accuracy();
                String share = Numbers.percent(accuracy.share());
                String interval = Numbers.percent(accuracy.low()) + " to " + Numbers.percent(accuracy.high());
                table.add(List.of(one.name(), Integer.toString(step.strength()), share, interval));
                points.add(Point.at(
                        step.strength(),
                        100 * accuracy.share(),
                        one.name() + ", " + step.strength() + " " + corruption.unit() + ": " + share
                                + " % (95 % interval " + interval + ")"));
            }
            series.add(new Series(one.name(), one.color(), one.symbol(), Look.MARKED, true, points));
        }
        String finding = new RobustnessFindings(robustness).of(corruption) + ".";
        return new XyChart(
                new Caption(
                        "robustness-" + corruption.name().toLowerCase(Locale.ROOT),
                        corruption.title(),
                        finding,
                        finding,
                        table),
                new Axis(
                        corruption.title() + ", " + corruption.unit(),
                        0,
                        corruption.strongest(),
                        corruption.strength(1),
                        Axis.Scale.LINEAR),
                up,
                series,
                List.of());
    }
}
