package io.catwalk.runner.report.charts;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.RiskCoverage;
import io.catwalk.runner.evaluation.RiskCoverage.Threshold;
import io.catwalk.runner.report.Entrant;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.Wording;
import io.catwalk.runner.report.charts.Series.Look;
import io.catwalk.runner.report.charts.Series.Point;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Draws how often classifiers err on the images that they are most confident of. */
record CoverageCharts(ReportModel model) {

    static Stream<Optional<Chart>> all(ReportModel model) {
        return Stream.of(new CoverageCharts(model).riskCoverage());
    }

    private static RiskCoverage curve(Entrant one) {
        return Objects.requireNonNull(one.evaluation()).riskCoverage();
    }

    private Optional<Chart> riskCoverage() {
        List<Entrant> evaluated = model.trained().stream()
                .filter(Entrant::evaluated)
                .limit(RunCharts.LINES)
                .toList();
        if (evaluated.isEmpty()) {
            return Optional.empty();
        }
        ChartTable table = new ChartTable(
                "Classifier", "AURC", "Error of all %", "Knee: coverage %", "Knee: error %", "Knee: confidence %");
        List<Series> series = new ArrayList<>();
        for (Entrant one : evaluated) {
            RiskCoverage curve = curve(one);
            Threshold knee = curve.knee();
            String tip = table.add(
                    one.name(),
                    Numbers.fixed(curve.area(), 4),
                    Numbers.percent(curve.curve().get(curve.curve().size() - 1).error()),
                    Numbers.percent(knee.coverage()),
                    Numbers.percent(knee.error()),
                    Numbers.percent(knee.confidence()));
            List<Point> points = curve.curve().stream()
                    .map(step -> Point.at(100 * step.coverage(), 100 * step.error(), ""))
                    .toList();
            series.add(Series.of(one, Look.LINE, points));
            Point there = Point.at(100 * knee.coverage(), 100 * knee.error(), tip);
            series.add(new Series(one.name() + ", knee", one.color(), one.symbol(), Look.DOTS, false, List.of(there)));
        }
        return Optional.of(new XyChart(
                table.caption(
                        "risk-coverage",
                        title(evaluated),
                        "Error rate on the most confident share of the images. AURC: area under the curve, the smaller"
                                + " the better. A symbol marks the knee, the point farthest below the line from no"
                                + " images to all; the confidence slider below starts there."
                                + (model.trained().size() > evaluated.size()
                                        ? " Shown: the " + evaluated.size() + " most accurate with predictions."
                                        : "")),
                new Axis("Coverage, % of the images", 0, 100, 20, Axis.Scale.LINEAR),
                Axis.fromZero("Error rate, %", Series.span(series)),
                series));
    }

    /** Names who has the smallest area: all whose area reads the same. */
    private static String title(List<Entrant> evaluated) {
        Entrant best = evaluated.stream()
                .min(Comparator.comparingDouble(one -> curve(one).area()))
                .orElseThrow();
        String area = Numbers.fixed(curve(best).area(), 4);
        if (evaluated.size() > 1) {
            List<Entrant> first = evaluated.stream()
                    .filter(one -> Numbers.fixed(curve(one).area(), 4).equals(area))
                    .toList();
            return Wording.classifiers(first) + (first.size() == 1 ? " has" : " have")
                    + " the smallest area under the curve, AURC " + area;
        }
        Threshold knee = curve(best).knee();
        return best.name() + " errs on " + Numbers.percent(knee.error()) + " % of its most confident "
                + Numbers.percent(knee.coverage()) + " %";
    }
}
