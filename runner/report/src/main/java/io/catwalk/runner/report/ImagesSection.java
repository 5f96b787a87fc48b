package io.catwalk.runner.report;

import io.catwalk.runner.Json;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.RiskCoverage;
import io.catwalk.runner.evaluation.RiskCoverage.Threshold;
import io.catwalk.runner.report.Block.Figure;
import io.catwalk.runner.report.Block.Sentences;
import io.catwalk.runner.report.Block.Tone;
import io.catwalk.runner.report.Block.Widget;
import io.catwalk.runner.report.XyChart.Series;
import io.catwalk.runner.report.XyChart.Series.Look;
import io.catwalk.runner.report.XyChart.Series.Point;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What each classifier predicted for each image. */
record ImagesSection(ReportModel model, ImageBrowser images) {

    static Optional<Section> of(ReportModel model) {
        return model.evaluated().isEmpty()
                ? Optional.empty()
                : Optional.of(new ImagesSection(model, ImageBrowser.of(model)).section());
    }

    /** Returns the section of the page on which the networks answer for own images, if the run has one. */
    static Optional<Section> demo(ReportModel model) {
        return Optional.ofNullable(model.demo())
                .map(address -> new Section(
                        "demo",
                        "Try it",
                        "All networks answer for an image that is drawn or dropped here",
                        List.of(new Widget(Widget.Kind.DEMO, address)),
                        address));
    }

    private Section section() {
        List<Block> blocks = new ArrayList<>();
        blocks.add(Sentences.of(
                Medium.ONLY_PAGE,
                Tone.TEXT,
                "A click or the Enter key on a cell of a confusion matrix, a bin of a reliability curve, a class or a pair"
                        + " of classifiers shows its images here."
                        + (model.results().experiment().seeds().size() > 1
                                ? " The predictions are those of one seed of each classifier."
                                : "")));
        blocks.add(Sentences.of(Medium.ONLY_PAGE, Tone.NOTE, duplicates()));
        charts(model).forEach(chart -> blocks.add(new Figure(Medium.SEEN_DETAIL, chart)));
        blocks.add(new Widget(Widget.Kind.IMAGES, Json.LINE.writeValueAsString(images)));
        return new Section(
                "images",
                "Images",
                "What each classifier predicted for each of " + Numbers.count(images.images()) + " images",
                blocks,
                "trials/*/*/predictions.csv" + (images.duplicates() == null ? "" : "; audit/duplicates.csv"));
    }

    /** Says how many test images have a duplicate in the training set; empty if that cannot be known. */
    private String duplicates() {
        List<ImageBrowser.Twin> twins = images.duplicates();
        if (twins != null) {
            return (twins.isEmpty() ? "None" : Numbers.count(twins.size())) + " of them "
                    + (twins.size() < 2 ? "has a duplicate" : "have duplicates") + " in the training set.";
        }
        return model.folded()
                ? ""
                : "Whether they have duplicates in the training set is not known: catwalk audit searches.";
    }

    private static RiskCoverage curve(ClassifierReport one) {
        return Objects.requireNonNull(one.requireEvaluation().riskCoverage());
    }

    /** Draws how often classifiers err on the images that they are most confident of. */
    static List<Chart> charts(ReportModel model) {
        List<ClassifierReport> evaluated = model.evaluated().stream()
                .filter(one -> one.requireEvaluation().riskCoverage() != null)
                .limit(RunDocument.LINES)
                .toList();
        if (evaluated.isEmpty()) {
            return List.of();
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
        return List.of(new XyChart(
                table.caption(
                        "risk-coverage",
                        title(evaluated),
                        "Error rate on the most confident share of the images. AURC: area under the curve, the smaller"
                                + " the better. A symbol marks the knee, the point farthest below the line from no"
                                + " images to all; a page's confidence slider starts there."
                                + (model.trained().size() > evaluated.size()
                                        ? " Shown: the " + evaluated.size()
                                                + " most accurate whose confidence is known."
                                        : "")),
                new ChartAxis("Coverage, % of the images", 0, 100, 20, ChartAxis.Scale.LINEAR),
                ChartAxis.fromZero("Error rate, %", Series.span(series)),
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
}
