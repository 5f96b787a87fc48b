package io.catwalk.runner.report.charts;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.Accuracy;
import io.catwalk.runner.evaluation.RiskCoverage;
import io.catwalk.runner.evaluation.RiskCoverage.Threshold;
import io.catwalk.runner.report.ClassifierReport;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.RobustnessFindings;
import io.catwalk.runner.report.Wording;
import io.catwalk.runner.report.charts.Series.Look;
import io.catwalk.runner.report.charts.Series.Point;
import io.catwalk.runner.robustness.Corruption;
import io.catwalk.runner.robustness.Robustness;
import io.catwalk.runner.robustness.Robustness.Classifier;
import io.catwalk.runner.robustness.Robustness.Step;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Draws where classifiers err: on the images that they are confident of, and on corrupted ones. */
final class ErrorCharts {

    private ErrorCharts() {}

    static Stream<Optional<Chart>> coverage(ReportModel model) {
        return Stream.of(riskCoverage(model));
    }

    private static RiskCoverage curve(ClassifierReport one) {
        return Objects.requireNonNull(one.evaluation()).riskCoverage();
    }

    /** Draws how often classifiers err on the images that they are most confident of. */
    private static Optional<Chart> riskCoverage(ReportModel model) {
        List<ClassifierReport> evaluated = model.trained().stream()
                .filter(ClassifierReport::evaluated)
                .limit(RunCharts.LINES)
                .toList();
        if (evaluated.isEmpty()) {
            return Optional.empty();
        }
        ChartTable table = new ChartTable(
                "Classifier", "AURC", "Error of all %", "Knee: coverage %", "Knee: error %", "Knee: confidence %");
        List<Series> series = new ArrayList<>();
        for (ClassifierReport one : evaluated) {
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
    private static String title(List<ClassifierReport> evaluated) {
        ClassifierReport best = evaluated.stream()
                .min(Comparator.comparingDouble(one -> curve(one).area()))
                .orElseThrow();
        String area = Numbers.fixed(curve(best).area(), 4);
        if (evaluated.size() > 1) {
            List<ClassifierReport> first = evaluated.stream()
                    .filter(one -> Numbers.fixed(curve(one).area(), 4).equals(area))
                    .toList();
            return Wording.classifiers(first) + (first.size() == 1 ? " has" : " have")
                    + " the smallest area under the curve, AURC " + area;
        }
        Threshold knee = curve(best).knee();
        return best.name() + " errs on " + Numbers.percent(knee.error()) + " % of its most confident "
                + Numbers.percent(knee.coverage()) + " %";
    }

    static Stream<Optional<Chart>> robustness(ReportModel model) {
        Robustness robustness = model.run().robustness();
        if (robustness == null) {
            return Stream.of();
        }
        List<ClassifierReport> measured = model.trained().stream()
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
        return Stream.of(Corruption.values())
                .map(corruption -> Optional.of(corrupted(corruption, robustness, measured, up)));
    }

    /** Draws accuracy by the strength of a corruption, with the same vertical axis for all. */
    private static Chart corrupted(
            Corruption corruption, Robustness robustness, List<ClassifierReport> measured, Axis up) {
        String strength = corruption.title() + ", " + corruption.unit();
        ChartTable table = new ChartTable("Classifier", strength, "Accuracy %", "95 % interval");
        List<Series> series = new ArrayList<>();
        for (ClassifierReport one : measured) {
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
                        title(corruption, robustness, measured),
                        finding,
                        finding),
                new Axis(strength, 0, corruption.strongest(), corruption.strength(1), Axis.Scale.LINEAR),
                up,
                series);
    }

    /** Says what is left of the accuracies at the strongest step. */
    private static String title(Corruption corruption, Robustness robustness, List<ClassifierReport> measured) {
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
