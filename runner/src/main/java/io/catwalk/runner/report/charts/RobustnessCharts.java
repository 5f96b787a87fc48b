package io.catwalk.runner.report.charts;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.Accuracy;
import io.catwalk.runner.report.Entrant;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.RobustnessFindings;
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
import java.util.Optional;
import java.util.stream.Stream;

/** Draws accuracy by the strength of a corruption: a chart for each corruption, all with the same vertical axis. */
record RobustnessCharts(Robustness robustness, List<Entrant> measured, Axis up) {

    static Stream<Optional<Chart>> all(ReportModel model) {
        Robustness robustness = model.run().robustness();
        if (robustness == null) {
            return Stream.of();
        }
        List<Entrant> measured = model.trained().stream()
                .filter(one -> robustness.of(one.name()) != null)
                .limit(RunCharts.LINES)
                .toList();
        Axis up = Axis.percent(
                "Accuracy, %",
                measured.stream()
                        .map(one -> Objects.requireNonNull(robustness.of(one.name())))
                        .flatMap(one -> Stream.concat(
                                Stream.of(one.clean()),
                                one.curves().stream()
                                        .flatMap(curve -> curve.steps().stream())
                                        .map(Step::accuracy)))
                        .map(accuracy -> 100 * accuracy.share())
                        .toList());
        RobustnessCharts charts = new RobustnessCharts(robustness, measured, up);
        return Stream.of(Corruption.values()).map(corruption -> Optional.of(charts.chart(corruption)));
    }

    private Chart chart(Corruption corruption) {
        String strength = corruption.title() + ", " + corruption.unit();
        ChartTable table = new ChartTable("Classifier", strength, "Accuracy %", "95 % interval");
        List<Series> series = new ArrayList<>();
        for (Entrant one : measured) {
            Classifier classifier = Objects.requireNonNull(robustness.of(one.name()));
            List<Point> points = Stream.concat(
                            Stream.of(new Step(0, classifier.clean())), classifier.curve(corruption).steps().stream())
                    .map(step -> {
                        Accuracy accuracy = step.accuracy();
                        return Point.at(
                                step.strength(),
                                100 * accuracy.share(),
                                table.add(
                                        one.name(),
                                        Integer.toString(step.strength()),
                                        Numbers.percent(accuracy.share()),
                                        ChartTable.percents(accuracy.low(), accuracy.high())));
                    })
                    .toList();
            series.add(Series.of(one, Look.MARKED, points));
        }
        String finding = new RobustnessFindings(robustness).of(corruption) + ".";
        return new XyChart(
                table.caption(
                        "robustness-" + corruption.name().toLowerCase(Locale.ROOT),
                        title(corruption),
                        finding,
                        finding),
                new Axis(strength, 0, corruption.strongest(), corruption.strength(1), Axis.Scale.LINEAR),
                up,
                series);
    }

    /** Says what is left of the accuracies at the strongest step. */
    private String title(Corruption corruption) {
        var shares = measured.stream()
                .mapToDouble(one -> Objects.requireNonNull(robustness.of(one.name()))
                        .curve(corruption)
                        .last()
                        .accuracy()
                        .share())
                .summaryStatistics();
        String least = Numbers.percent(shares.getMin());
        String most = Numbers.percent(shares.getMax());
        return corruption.title() + " (" + corruption.strongest() + " " + corruption.unit() + ") leaves "
                + (least.equals(most) ? "" : least + " to ") + most + " % accuracy";
    }
}
