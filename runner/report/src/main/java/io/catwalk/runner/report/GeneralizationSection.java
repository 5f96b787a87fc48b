package io.catwalk.runner.report;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.Calibration.Bin;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Overfitting;
import io.catwalk.runner.report.Block.Figure;
import io.catwalk.runner.report.Block.Sentences;
import io.catwalk.runner.report.Block.Tone;
import io.catwalk.runner.report.ClassifierCharts.Curve;
import io.catwalk.runner.report.ReportModel.Model;
import io.catwalk.runner.report.RowChart.Row;
import io.catwalk.runner.report.RowChart.Row.Dot;
import io.catwalk.runner.report.Table.TableBuilder;
import io.catwalk.runner.report.XyChart.Series;
import io.catwalk.runner.report.XyChart.Series.Look;
import io.catwalk.runner.report.XyChart.Series.Point;
import io.catwalk.runner.results.GeneralizationGap;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.trial.TrialOutcome.TrialMetrics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** How much of the accuracy is of the training images only, and whether confidence matches accuracy. */
record GeneralizationSection(ReportModel model) {

    /** Where the chart does not show the same numbers. */
    private static final Set<Medium> BESIDE_NO_CHART = Medium.of(Medium.MARKDOWN, Medium.APPENDIX);

    private record Part(RowChart.Key key, ToDoubleFunction<TrialMetrics> metric) {}

    private static final List<Part> PARTS = List.of(
            new Part(
                    new RowChart.Key("Training", Symbol.CIRCLE, false),
                    metrics -> metrics.learned().accuracy()),
            new Part(
                    new RowChart.Key("Validation", Symbol.DIAMOND, true),
                    metrics -> metrics.held().accuracy()),
            new Part(
                    new RowChart.Key("Test", Symbol.CIRCLE, true),
                    metrics -> metrics.test().accuracy()));

    static Optional<Section> of(ReportModel model) {
        return model.learned().isEmpty() ? Optional.empty() : Optional.of(new GeneralizationSection(model).section());
    }

    static List<Chart> charts(ReportModel model) {
        GeneralizationSection section = new GeneralizationSection(model);
        return Stream.of(section.overfitting(), section.validation(Curve.ACCURACY), section.validation(Curve.LOSS))
                .flatMap(Optional::stream)
                .toList();
    }

    private Section section() {
        List<Block> blocks = new ArrayList<>();
        List<Figure> figures = Figure.of(charts(model));
        figures.stream().limit(1).forEach(blocks::add);
        Optional<ClassifierReport> best =
                model.learned().stream().filter(ClassifierReport::evaluated).findFirst();
        best.map(one -> new ClassifierCharts(model, one, "best").reliability(one.requireEvaluation()))
                .ifPresent(chart -> blocks.add(new Figure(Medium.ONLY_SLIDES, chart)));
        blocks.add(table());
        best.ifPresent(one -> blocks.add(Sentences.of(Medium.WRITTEN, Tone.TEXT, calibration(one) + ".")));
        figures.stream().skip(1).forEach(blocks::add);
        return new Section(
                "generalization",
                "Generalization",
                title(),
                blocks,
                "results.json, keys metrics.train, metrics.validation and metrics.test of trials[];"
                        + " trials/*/*/history.csv and predictions.csv");
    }

    private String title() {
        List<GeneralizationGap> gaps = model.learned().stream()
                .map(one -> one.gap())
                .filter(gap -> Double.isFinite(gap.mean()))
                .toList();
        if (gaps.isEmpty()) {
            return "Whether the classifiers overfit is not known";
        }
        var above = gaps.stream()
                .filter(gap -> gap.verdict() != Overfitting.Verdict.NONE)
                .mapToDouble(GeneralizationGap::mean)
                .summaryStatistics();
        if (above.getCount() == 0) {
            GeneralizationGap first = gaps.get(0);
            if (gaps.size() > 1) {
                return "No classifier measurably overfits";
            }
            return first.toldApart()
                    ? "Training accuracy is " + Numbers.percent(-first.mean()) + " points below validation accuracy"
                    : "Training accuracy does not clearly differ from validation accuracy";
        }
        String points = Wording.range(Numbers.percent(above.getMin()), Numbers.percent(above.getMax())) + " points";
        String who = gaps.size() == 1
                ? model.learned().get(0).name() + " overfits"
                : above.getCount() == gaps.size()
                        ? Wording.capital(Wording.all(gaps.size())) + " overfit"
                        : above.getCount() + " of " + gaps.size() + (above.getCount() == 1 ? " overfits" : " overfit");
        return who + ": training accuracy is " + points + " above validation accuracy";
    }

    /** Compares the mean confidence with the interval of the accuracy; too high and too low ones may cancel out. */
    private static String calibration(ClassifierReport best) {
        Evaluation evaluation = best.requireEvaluation();
        double excess = overconfidence(evaluation);
        String points = Numbers.percent(Math.abs(excess));
        // If all or none are right, the bound of the interval is the accuracy itself, and rounding could cross it.
        boolean within = points.equals("0.00")
                || evaluation.metrics().accuracyInterval().contains(evaluation.accuracy() + excess);
        return (within
                        ? "The mean confidence of " + best.name() + " is within the interval of its accuracy"
                        : best.name() + (excess > 0 ? " is overconfident by " : " is underconfident by ") + points
                                + " points on average")
                + "; its expected calibration error is "
                + Numbers.percent(
                        Objects.requireNonNull(evaluation.calibration()).expectedError())
                + " points (bins of equal mass)";
    }

    /** Returns by how much the mean confidence is above the accuracy, from -1 to 1. */
    private static double overconfidence(Evaluation evaluation) {
        double sum = 0;
        for (Bin bin : Objects.requireNonNull(evaluation.calibration()).reliability()) {
            sum += bin.images() * (bin.confidence() - bin.accuracy());
        }
        return sum / evaluation.images();
    }

    private Table table() {
        return columns(model.learned())
                .number("Calibration error, points", Unit.PERCENT, one -> {
                    Evaluation evaluation = one.evaluation();
                    return evaluation == null ? null : evaluation.metrics().ece();
                })
                .table("gaps", "Accuracy, loss and confidence", note());
    }

    private static TableBuilder<ClassifierReport> columns(List<ClassifierReport> rows) {
        TableBuilder<ClassifierReport> table =
                StandingsSection.classifiers(Medium.DETAIL, rows).in(BESIDE_NO_CHART);
        PARTS.forEach(part -> table.number(part.key().words() + " %", Unit.PERCENT, one -> one.mean(part.metric())));
        return table.number("Gap, points", Unit.POINTS, one -> one.gap().mean())
                .number(
                        "95 % interval",
                        one -> Cell.points(one.gap().low(), one.gap().high()))
                .in(Medium.DETAIL)
                .number("Training loss", Unit.NATS, one -> one.gap().trainingLoss())
                .number("Validation loss", Unit.NATS, one -> one.gap().validationLoss());
    }

    private String note() {
        boolean selected =
                model.learned().stream().anyMatch(one -> one.request().recipe().epochs() > 1);
        return "Losses are in nats, without label smoothing. The gap is training minus validation accuracy."
                + (selected
                        ? " Validation accuracy is optimistic, since the validation images selected the epoch:"
                                + " compare by test accuracy."
                        : "");
    }

    private Optional<Chart> overfitting() {
        List<ClassifierReport> shown =
                model.learned().stream().filter(one -> !dots(one).isEmpty()).toList();
        ChartTable table = new ChartTable(columns(shown).table("", "", ""));
        List<Row> rows = new ArrayList<>();
        for (ClassifierReport one : shown) {
            GeneralizationGap gap = one.gap();
            String note = Numbers.points(gap.mean()) + (gap.toldApart() ? "" : " ?");
            rows.add(Row.of(one, Row.joined(dots(one)), note, "", table.words(rows.size())));
        }
        return rows.isEmpty()
                ? Optional.empty()
                : Optional.of(new RowChart(
                        table.caption(
                                "overfitting",
                                overfitted(),
                                "The same weights on three sets of images. At the right: the gap, training minus"
                                        + " validation accuracy, in points; with a question mark where its interval"
                                        + " includes 0."),
                        ChartAxis.percent("Accuracy, %", Row.span(rows)),
                        rows,
                        PARTS.stream().map(Part::key).toList()));
    }

    private static List<Dot> dots(ClassifierReport one) {
        List<Dot> dots = new ArrayList<>();
        for (Part part : PARTS) {
            Double mean = one.mean(part.metric());
            if (mean != null) {
                dots.add(new Dot(100 * mean, part.key().symbol(), part.key().filled()));
            }
        }
        return dots;
    }

    private String overfitted() {
        List<ClassifierReport> overfitted = model.learned().stream()
                .filter(one -> one.gap().verdict() != Overfitting.Verdict.NONE)
                .sorted(Comparator.comparingDouble(one -> -one.gap().mean()))
                .toList();
        if (overfitted.isEmpty()) {
            return model.learned().size() == 1
                    ? model.learned().get(0).name() + " does not measurably overfit"
                    : "No classifier measurably overfits";
        }
        ClassifierReport most = overfitted.get(0);
        return most.name() + " overfits" + (overfitted.size() == 1 ? "" : " most")
                + ": training accuracy is "
                + Numbers.percent(most.gap().mean()) + " points above validation accuracy";
    }

    /** Draws a validation metric by epoch, of the first trial of each classifier that has a history. */
    private Optional<Chart> validation(Curve curve) {
        ChartTable table = new ChartTable(
                "Classifier",
                "Epochs",
                curve.head("First"),
                curve.head("Last"),
                curve.head("Best"),
                "Epoch of the weights");
        List<Series> series = new ArrayList<>();
        int epochs = 1;
        for (ClassifierReport one : model.learned()) {
            Optional<Model> first = one.done().stream()
                    .filter(trial -> !trial.history().isEmpty())
                    .findFirst();
            if (first.isEmpty() || series.size() == RunDocument.LINES) {
                continue;
            }
            List<Epoch> history = first.get().history();
            Series line = Series.of(
                    one,
                    Look.LINE,
                    history.stream()
                            .map(epoch -> Point.at(
                                    epoch.epoch(),
                                    curve.validation(epoch),
                                    one.name() + ", epoch " + epoch.epoch() + ": "
                                            + curve.withUnit(curve.validation(epoch))))
                            .toList());
            series.add(line);
            epochs = Math.max(epochs, history.size());
            table.add(
                    one.name(),
                    Integer.toString(history.size()),
                    curve.text(curve.validation(history.get(0))),
                    curve.text(curve.validation(history.get(history.size() - 1))),
                    best(curve, line.points()),
                    Integer.toString(first.get().trained().timing().bestEpoch()));
        }
        List<Double> span = Series.span(series);
        if (span.isEmpty()) {
            return Optional.empty();
        }
        String best = best(
                curve, series.stream().flatMap(one -> one.points().stream()).toList());
        List<String> leaders = series.stream()
                .filter(one -> best(curve, one.points()).equals(best))
                .map(Series::name)
                .toList();
        return Optional.of(new XyChart(
                table.caption(
                        "validation-" + curve.title(),
                        "Validation " + curve.title() + (curve == Curve.LOSS ? " is lowest" : " is highest") + " for "
                                + Wording.names(leaders) + ": " + best + curve.unit(),
                        "The validation set selects the epoch, so the best value is optimistic."
                                + (model.several() ? " Each line is the first trial of its classifier." : "")
                                + (model.learned().size() > RunDocument.LINES
                                        ? " The " + RunDocument.LINES + " most accurate classifiers are shown."
                                        : "")),
                ChartAxis.counting("Epoch", epochs),
                curve.axis("Validation " + curve.title(), span),
                series));
    }

    private static String best(Curve curve, List<Point> points) {
        return curve.text(curve.best(points).map(Point::y).orElse(Double.NaN));
    }
}
