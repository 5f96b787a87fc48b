package io.catwalk.runner.report;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.Calibration;
import io.catwalk.runner.evaluation.Calibration.Bin;
import io.catwalk.runner.evaluation.ClassScores;
import io.catwalk.runner.evaluation.ConfusionMatrix;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.report.ReportModel.Model;
import io.catwalk.runner.report.RowChart.Row;
import io.catwalk.runner.report.RowChart.Row.Dot;
import io.catwalk.runner.report.XyChart.Series;
import io.catwalk.runner.report.XyChart.Series.Look;
import io.catwalk.runner.report.XyChart.Series.Point;
import io.catwalk.runner.training.Epoch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Draws the charts that there is data for of one classifier, whose files have a part of their names in common. */
record ClassifierCharts(ReportModel model, ClassifierReport entrant, String file) {

    static final String CONFUSION = "confusion-matrix-";

    /** Largest number of trials whose validation curves can be told apart. */
    private static final int TRIALS = 12;

    /** Largest number of classes that the scores are drawn of. */
    public static final int CLASSES = 24;

    public List<Chart> all() {
        List<Chart> charts = new ArrayList<>();
        Stream.of(Curve.values()).map(this::curves).flatMap(Optional::stream).forEach(charts::add);
        Evaluation evaluation = entrant.evaluation();
        if (evaluation != null && evaluation.calibration() != null) {
            charts.add(reliability(evaluation));
        }
        if (evaluation != null) {
            charts.add(confusion(evaluation));
            charts.add(scores(evaluation));
        }
        return charts;
    }

    private Optional<Chart> curves(Curve curve) {
        List<Model> trials = entrant.done().stream()
                .filter(trial -> !trial.history().isEmpty())
                .limit(TRIALS)
                .toList();
        if (trials.isEmpty()) {
            return Optional.empty();
        }
        Model first = trials.get(0);
        List<Epoch> history = first.history();
        String what = curve.title();
        ChartTable table = new ChartTable("Epoch", curve.head("Training " + what), curve.head("Validation " + what));
        List<String> tips = history.stream()
                .map(epoch -> table.add(
                        Integer.toString(epoch.epoch()),
                        curve.text(curve.training(epoch)),
                        curve.text(curve.validation(epoch))))
                .toList();
        List<Series> series = new ArrayList<>();
        for (Model other : trials.subList(1, trials.size())) {
            series.add(line(other.label(), Look.FAINT, other.history(), curve::validation, List.of()));
        }
        series.add(line("training", Look.DASHES, history, curve::training, tips));
        Series validation = line("validation", Look.LINE, history, curve::validation, tips);
        series.add(validation);
        List<Double> span = Series.span(series);
        if (span.isEmpty()) {
            return Optional.empty();
        }
        ChartAxis up = curve.axis(Wording.capital(what), span);
        ChartAxis across = ChartAxis.counting(
                "Epoch",
                trials.stream().mapToInt(trial -> trial.history().size()).max().orElseThrow());
        int kept = first.trained().timing().bestEpoch();
        if (kept > 0) { // its words stand at the end without curves
            boolean loss = curve == Curve.LOSS;
            String words = "kept: epoch " + kept;
            series.add(0, Series.guide(kept, loss ? up.low() : up.high(), kept, loss ? up.high() : up.low(), words));
        }
        String title = curve.best(validation.points())
                .map(best -> (curve == Curve.LOSS ? "Lowest" : "Best") + " validation " + what + ": "
                        + curve.withUnit(best.y()) + " in epoch " + Math.round(best.x()) + " of " + history.size())
                .orElse("There is no validation " + what);
        int more = trials.size() - 1;
        return Optional.of(new XyChart(
                table.caption(
                        "learning-" + what + "-" + file,
                        title,
                        title + ".",
                        measured(curve)
                                + (more == 0
                                        ? ""
                                        : " Pale: validation of " + Wording.count(more, "other trial") + ".")),
                across,
                up,
                series));
    }

    /** Says what a training metric is measured on, which differs from validation. */
    private String measured(Curve curve) {
        return "Training " + curve.title() + " is measured in training mode, while the weights change"
                + (entrant.request().recipe().augmentations().isEmpty() ? "." : ", on augmented images.");
    }

    private Series line(String name, Look look, List<Epoch> history, ToDoubleFunction<Epoch> value, List<String> tips) {
        return new Series(
                name,
                entrant.color(),
                entrant.symbol(),
                look,
                look != Look.FAINT,
                IntStream.range(0, history.size())
                        .mapToObj(i -> Point.at(
                                history.get(i).epoch(),
                                value.applyAsDouble(history.get(i)),
                                tips.isEmpty() ? "" : tips.get(i)))
                        .toList());
    }

    Chart reliability(Evaluation evaluation) {
        ChartTable table = new ChartTable(
                "Bin", "Confidence from %", "Images", "Mean confidence %", "Accuracy %", "95 % interval");
        List<Point> points = new ArrayList<>();
        List<Double> span = new ArrayList<>(List.of(100.0));
        Calibration calibration = Objects.requireNonNull(evaluation.calibration());
        for (Bin bin : calibration.reliability()) {
            int number = points.size();
            points.add(new Point(
                    100 * bin.confidence(),
                    100 * bin.accuracy(),
                    100 * bin.accuracyLow(),
                    100 * bin.accuracyHigh(),
                    4,
                    table.add(
                            Cell.of(number + 1, Unit.COUNT),
                            Cell.of(bin.low(), Unit.PERCENT),
                            Cell.of(bin.images(), Unit.COUNT),
                            Cell.of(bin.confidence(), Unit.PERCENT),
                            Cell.of(bin.accuracy(), Unit.PERCENT),
                            Cell.percent(bin.accuracyLow(), bin.accuracyHigh())),
                    "bin" + number));
            span.addAll(List.of(100 * bin.confidence(), 100 * bin.accuracyLow()));
        }
        ChartAxis up = ChartAxis.percent("Accuracy, %", span);
        String title = "Confidence and accuracy differ by " + Numbers.fixed(100 * calibration.expectedError(), 2)
                + " points on average";
        return new XyChart(
                table.caption(
                        "reliability-" + file,
                        title,
                        title + ".",
                        entrant.selection()
                                + "Expected calibration error in bins of equal mass; images of equal confidence share a"
                                + " bin. On the diagonal, confidence matches accuracy; below it the model is"
                                + " overconfident. Lines are 95 % intervals."),
                new ChartAxis("Confidence, %", up.low(), up.high(), up.step(), up.scale()),
                up,
                List.of(
                        Series.guide(up.low(), up.low(), up.high(), up.high(), ""),
                        new Series(entrant.name(), entrant.color(), entrant.symbol(), Look.MARKED, false, points)));
    }

    Chart confusion(Evaluation evaluation) {
        ConfusionMatrix matrix = evaluation.confusion();
        List<String> classes = model.dataset().classes();
        List<Integer> shown = matrix.mostConfused(ShownClasses.ALL);
        ChartTable table = new ChartTable("True class", "Predicted class", "Images", "Percent of the true class");
        MatrixChart.cells(matrix, shown)
                .forEach(cell -> table.add(
                        classes.get(cell.truth()),
                        classes.get(cell.predicted()),
                        Numbers.count(cell.images()),
                        Numbers.percent(matrix.share(cell.truth(), cell.predicted()))));
        String title = mistakes(matrix, classes);
        return new MatrixChart(
                table.caption(
                        CONFUSION + file,
                        title,
                        title + ".",
                        entrant.selection() + "Rows are the true class, columns the predicted one."
                                + (shown.size() < classes.size()
                                        ? " Shown: the " + shown.size() + " most confused of "
                                                + Numbers.count(classes.size()) + " classes."
                                        : "")),
                matrix,
                shown,
                classes);
    }

    /** Names the most frequent mistake, or two that are equally frequent, if their classes have enough images. */
    private static String mistakes(ConfusionMatrix matrix, List<String> classes) {
        int images = matrix.images();
        List<ConfusionMatrix.Cell> first = matrix.mostFrequentMistakes();
        if (first.isEmpty()) {
            return "No mistake in " + Wording.count(images, "image");
        }
        int most = first.get(0).images();
        if (first.size() > 2
                || first.stream().anyMatch(cell -> matrix.support(cell.truth()) < Evaluation.FEWEST_IMAGES)) {
            return Numbers.count(images - matrix.correct()) + " of " + Wording.count(images, "image")
                    + " classified wrongly, at most " + most + " of a class as the same other class";
        }
        return first.stream()
                        .map(cell -> most + " of " + Wording.count(matrix.support(cell.truth()), "image")
                                + " of " + classes.get(cell.truth()) + " classified as "
                                + classes.get(cell.predicted()))
                        .collect(Collectors.joining(", "))
                + (first.size() == 1 ? ": the most frequent mistake" : ": the most frequent mistakes");
    }

    /** Draws precision and recall of each class; of many, those with the lowest recall, the lowest first. */
    private Chart scores(Evaluation evaluation) {
        List<ClassScores> all = evaluation.classes();
        List<Integer> hardest = ShownClasses.byRecall(evaluation);
        boolean many = hardest.size() > CLASSES;
        RowChart.Key precision = new RowChart.Key("Precision", Symbol.DIAMOND, false);
        RowChart.Key recall = new RowChart.Key("Recall", Symbol.CIRCLE, true);
        ChartTable table = new ChartTable("Class", "Recall %", "Precision %", "F1 %", "Images");
        List<Row> rows = new ArrayList<>();
        for (int label :
                many ? hardest.subList(0, CLASSES) : hardest.stream().sorted().toList()) {
            ClassScores scores = all.get(label);
            List<Dot> dots = new ArrayList<>();
            if (scores.predictions() > 0) {
                dots.add(new Dot(100 * scores.precision(), precision.symbol(), precision.filled()));
            }
            dots.add(new Dot(100 * scores.recall(), recall.symbol(), recall.filled()));
            rows.add(new Row(
                    scores.name(),
                    entrant.color(),
                    entrant.symbol(),
                    Row.joined(dots),
                    Numbers.percent(scores.recall()),
                    table.add(
                            scores.name(),
                            Numbers.percent(scores.recall()),
                            scores.predictions() > 0 ? Numbers.percent(scores.precision()) : Numbers.NONE,
                            Numbers.percent(scores.f1()),
                            Numbers.count(scores.support())),
                    label + ".any"));
        }
        return new RowChart(
                table.caption(
                        "classes-" + file,
                        hardest(evaluation),
                        "At the right: recall, in percent."
                                + (many
                                        ? " Shown: the " + CLASSES + " classes with the lowest recall of "
                                                + Numbers.count(hardest.size()) + " with images."
                                        : "")),
                ChartAxis.percent("Precision and recall, %", Row.span(rows)),
                rows,
                List.of(recall, precision));
    }

    /** Names the class with the lowest recall among those with enough images, or both of two, unless all are alike. */
    private static String hardest(Evaluation evaluation) {
        List<ClassScores> hardest = evaluation.hardest();
        if (hardest.isEmpty()) {
            return "Precision and recall; no class has " + Evaluation.FEWEST_IMAGES + " images";
        }
        String lowest = Numbers.percent(hardest.get(0).recall()) + " %";
        long compared = evaluation.classes().stream()
                .filter(one -> one.support() >= Evaluation.FEWEST_IMAGES)
                .count();
        if (hardest.size() > 1 && hardest.size() == compared) {
            return "Each class" + ClassesSection.ofLarge(evaluation, "") + " has a recall of " + lowest;
        }
        String recall = "the lowest recall" + ClassesSection.ofLarge(evaluation, " for a class") + ", " + lowest;
        List<String> names = hardest.stream().map(ClassScores::name).toList();
        return switch (names.size()) {
            case 1 ->
                names.get(0) + " has " + recall + " of "
                        + Wording.count(hardest.get(0).support(), "image");
            case 2 -> Wording.joined(names) + " have " + recall;
            default -> Numbers.count(names.size()) + " classes have " + recall;
        };
    }

    /** A metric that is measured in each epoch. */
    enum Curve {
        ACCURACY,
        LOSS;

        String title() {
            return this == LOSS ? "loss" : "accuracy";
        }

        String unit() {
            return this == LOSS ? " nats" : " %";
        }

        double training(Epoch epoch) {
            return this == LOSS ? epoch.trainLoss() : 100 * epoch.trainAccuracy();
        }

        double validation(Epoch epoch) {
            return this == LOSS ? epoch.validationLoss() : 100 * epoch.validationAccuracy();
        }

        /** Returns the first point with the highest accuracy or the lowest loss; empty if there are no points. */
        Optional<Point> best(List<Point> points) {
            return points.stream().max(Comparator.comparingDouble(point -> this == LOSS ? -point.y() : point.y()));
        }

        String text(double value) {
            return Numbers.fixed(value, this == LOSS ? 4 : 2);
        }

        String withUnit(double value) {
            return text(value) + unit();
        }

        String head(String what) {
            return what + (this == LOSS ? "," : "") + unit();
        }

        ChartAxis axis(String name, List<Double> span) {
            return this == LOSS ? ChartAxis.around(name + ", nats", span) : ChartAxis.percent(name + ", %", span);
        }
    }
}
