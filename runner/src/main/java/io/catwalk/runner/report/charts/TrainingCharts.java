package io.catwalk.runner.report.charts;

import io.catwalk.api.Criterion;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.Overfitting;
import io.catwalk.runner.report.ClassifierReport;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.RunReport.Model;
import io.catwalk.runner.report.Wording;
import io.catwalk.runner.report.charts.Row.Dot;
import io.catwalk.runner.report.charts.Series.Look;
import io.catwalk.runner.report.charts.Series.Point;
import io.catwalk.runner.report.graphics.Symbol;
import io.catwalk.runner.results.GeneralizationGap;
import io.catwalk.runner.results.RunResults.Tuning;
import io.catwalk.runner.results.RunResults.Tuning.Candidate;
import io.catwalk.runner.results.RunResults.Tuning.Score;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.trial.TrialMetrics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Draws what the networks learned, and the search for hyperparameters. */
record TrainingCharts(ReportModel model) {

    static Stream<Optional<Chart>> all(ReportModel model) {
        TrainingCharts charts = new TrainingCharts(model);
        return Stream.of(charts.overfitting(), charts.validation(Curve.ACCURACY), charts.validation(Curve.LOSS));
    }

    private record Part(RowChart.Key key, ToDoubleFunction<TrialMetrics> metric) {}

    private static final List<Part> PARTS = List.of(
            new Part(
                    new RowChart.Key("Training", Symbol.CIRCLE, false),
                    metrics -> metrics.train().accuracy()),
            new Part(
                    new RowChart.Key("Validation", Symbol.DIAMOND, true),
                    metrics -> metrics.validation().accuracy()),
            new Part(
                    new RowChart.Key("Test", Symbol.CIRCLE, true),
                    metrics -> metrics.test().accuracy()));

    /** Draws training, validation and test accuracy of the same weights. */
    private Optional<Chart> overfitting() {
        ChartTable table = new ChartTable(
                "Classifier",
                "Training %",
                "Validation %",
                "Test %",
                "Gap, points",
                "95 % interval",
                "Training loss",
                "Validation loss");
        List<Row> rows = new ArrayList<>();
        for (ClassifierReport one : model.trained()) {
            List<Dot> dots = new ArrayList<>();
            List<String> cells = new ArrayList<>(List.of(one.name()));
            for (Part part : PARTS) {
                Double mean = one.mean(part.metric());
                cells.add(Numbers.percent(mean));
                if (mean != null) {
                    dots.add(new Dot(100 * mean, part.key().symbol(), part.key().filled()));
                }
            }
            if (dots.isEmpty()) {
                continue;
            }
            GeneralizationGap gap = one.stands().gap();
            String points = Numbers.points(gap.mean());
            cells.add(points);
            cells.add(ChartTable.points(gap.low(), gap.high()));
            cells.add(Numbers.fixed(gap.trainingLoss(), 3));
            cells.add(Numbers.fixed(gap.validationLoss(), 3));
            rows.add(Row.of(
                    one,
                    Row.joined(dots),
                    points + (gap.toldApart() ? "" : " ?"),
                    "",
                    table.add(cells.toArray(String[]::new))));
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
                        Axis.percent("Accuracy, %", Row.span(rows)),
                        rows,
                        PARTS.stream().map(Part::key).toList()));
    }

    /** Says who overfits most, among those that measurably do. */
    private String overfitted() {
        List<ClassifierReport> overfitted = model.trained().stream()
                .filter(one -> one.stands().gap().verdict() != Overfitting.Verdict.NONE)
                .sorted(Comparator.comparingDouble(one -> -one.stands().gap().mean()))
                .toList();
        if (overfitted.isEmpty()) {
            return model.trained().size() == 1
                    ? model.trained().get(0).name() + " does not measurably overfit"
                    : "No classifier measurably overfits";
        }
        ClassifierReport most = overfitted.get(0);
        return most.name() + " overfits" + (overfitted.size() == 1 ? "" : " most")
                + ": training accuracy is "
                + Numbers.percent(most.stands().gap().mean()) + " points above validation accuracy";
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
        for (ClassifierReport one : model.trained()) {
            Optional<Model> first = one.done().stream()
                    .filter(trial -> !trial.history().isEmpty())
                    .findFirst();
            if (first.isEmpty() || series.size() == RunCharts.LINES) {
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
                                + (model.trained().size() > RunCharts.LINES
                                        ? " The " + RunCharts.LINES + " most accurate classifiers are shown."
                                        : "")),
                Axis.counting("Epoch", epochs),
                curve.axis("Validation " + curve.title(), span),
                series));
    }

    private static String best(Curve curve, List<Point> points) {
        return curve.text(curve.best(points).map(Point::y).orElse(Double.NaN));
    }

    static Stream<Optional<Chart>> tuning(ReportModel model) {
        Tuning tuning = model.results().tuning();
        return tuning == null ? Stream.of() : Stream.of(scores(tuning));
    }

    /** Draws the scores of the candidates by their budget. */
    private static Optional<Chart> scores(Tuning tuning) {
        boolean loss = tuning.selectBy() == Criterion.LOSS;
        String unit = loss ? "nats" : "%";
        String measure =
                Wording.capital(Wording.criterion(tuning.selectBy())) + (unit.equals("%") ? " %" : ", " + unit);
        ChartTable table = new ChartTable("Candidate", "Epochs", measure, "Folds", "Choices");
        List<Series> series = new ArrayList<>();
        int most = 1;
        String title = Wording.count(tuning.candidates().size(), "candidate was", "candidates were") + " tried";
        // The best candidate is drawn last, over the others.
        for (Candidate candidate : tuning.candidates().stream()
                .sorted(Comparator.comparing(one -> isBest(one, tuning)))
                .toList()) {
            boolean best = isBest(candidate, tuning);
            List<Point> points = new ArrayList<>();
            for (Score score : candidate.scores()) {
                double shown = loss ? score.mean() : 100 * score.mean();
                String text = Numbers.fixed(shown, loss ? 4 : 2);
                points.add(Point.at(
                        score.epochs(),
                        shown,
                        table.add(
                                Integer.toString(candidate.number()),
                                Integer.toString(score.epochs()),
                                text,
                                Integer.toString(score.folds().size()),
                                choices(candidate))));
                most = Math.max(most, score.epochs());
                if (best) {
                    title = "Candidate " + candidate.number() + " is the best of "
                            + tuning.candidates().size() + ": "
                            + Wording.criterion(tuning.selectBy()) + " " + text + " " + unit;
                }
            }
            series.add(new Series(
                    best ? "best: " + candidate.number() : Integer.toString(candidate.number()),
                    best ? "accent" : "muted",
                    best ? Symbol.DIAMOND : Symbol.CIRCLE,
                    Look.MARKED,
                    best,
                    points));
        }
        List<Double> span = Series.span(series);
        return span.isEmpty()
                ? Optional.empty()
                : Optional.of(new XyChart(
                        table.caption(
                                "tuning",
                                title,
                                title + ".",
                                "Each line is a candidate, from its smallest budget to its largest."),
                        Axis.fromZero("Epochs of each training", List.of((double) most)),
                        Axis.around(Wording.criterion(tuning.selectBy()) + ", " + unit, span),
                        series));
    }

    private static String choices(Candidate candidate) {
        return candidate.choices().entrySet().stream()
                .map(choice -> choice.getKey() + " " + choice.getValue())
                .collect(Collectors.joining(", "));
    }

    private static boolean isBest(Candidate candidate, Tuning tuning) {
        return tuning.best() != null && tuning.best() == candidate.number();
    }
}
