package io.catwalk.runner.report.charts;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.Calibration.Bin;
import io.catwalk.runner.evaluation.ConfusionMatrix;
import io.catwalk.runner.evaluation.ConfusionMatrix.Cell;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.ShownClasses;
import io.catwalk.runner.report.Entrant;
import io.catwalk.runner.report.Findings;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.RunReport.Model;
import io.catwalk.runner.report.charts.Chart.Caption;
import io.catwalk.runner.report.charts.Series.Look;
import io.catwalk.runner.report.charts.Series.Point;
import io.catwalk.runner.report.charts.XyChart.Guide;
import io.catwalk.runner.training.Epoch;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Draws the charts of one classifier; a chart without data is left out.
 *
 * @param model content of the report
 * @param entrant the classifier
 * @param file part of its file names that no other classifier has
 */
public record EntrantCharts(ReportModel model, Entrant entrant, String file) {

    /** Beginning of the file names of confusion matrices. */
    static final String CONFUSION = "confusion-matrix-";

    /** Largest number of trials whose validation curves can be told apart. */
    private static final int TRIALS = 12;

    /** Returns every chart that there is data for. */
    public List<Chart> all() {
        return Stream.of(accuracy(), loss(), reliability(), confusion())
                .flatMap(Optional::stream)
                .toList();
    }

    /** Draws training and validation accuracy by epoch. */
    public Optional<Chart> accuracy() {
        return curves("accuracy", "Accuracy, %", Epoch::trainAccuracy, Epoch::validationAccuracy, 100);
    }

    /** Draws training and validation loss by epoch. */
    public Optional<Chart> loss() {
        return curves("loss", "Loss, nats", Epoch::trainLoss, Epoch::validationLoss, 1);
    }

    private Optional<Chart> curves(
            String what,
            String axis,
            ToDoubleFunction<Epoch> training,
            ToDoubleFunction<Epoch> validation,
            double scale) {
        List<Model> trials = entrant.done().stream()
                .filter(trial -> !trial.history().isEmpty())
                .limit(TRIALS)
                .toList();
        if (trials.isEmpty()) {
            return Optional.empty();
        }
        Model first = trials.get(0);
        int digits = scale == 1 ? 4 : 2;
        List<Series> series = new ArrayList<>();
        for (Model other : trials.subList(1, trials.size())) {
            series.add(line(other.label(), Look.FAINT, false, points(other, validation, scale, "")));
        }
        series.add(line("training", Look.DASHES, true, points(first, training, scale, "Training")));
        series.add(line("validation", Look.LINE, true, points(first, validation, scale, "Validation")));
        List<Double> span = series.stream()
                .flatMap(one -> one.points().stream().map(Point::y))
                .filter(Double::isFinite)
                .toList();
        if (span.isEmpty()) {
            return Optional.empty();
        }
        List<Epoch> history = first.history();
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("Epoch", "Training " + what, "Validation " + what));
        for (Epoch epoch : history) {
            table.add(List.of(
                    Integer.toString(epoch.epoch()),
                    Numbers.fixed(scale * training.applyAsDouble(epoch), digits),
                    Numbers.fixed(scale * validation.applyAsDouble(epoch), digits)));
        }
        Axis up = scale == 1 ? Axis.around(axis, span) : Axis.percent(axis, span);
        int best = first.trained().timing().bestEpoch();
        List<String> last = table.get(table.size() - 1);
        String sentence = String.format(
                Locale.ROOT,
                "%s of %s over %s: training ends at %s, validation at %s; the best epoch is %d.",
                scale == 1 ? "Loss" : "Accuracy",
                first.label(),
                Findings.count(history.size(), "epoch", "epochs"),
                last.get(1),
                last.get(2),
                best);
        int more = trials.size() - 1;
        String others =
                more == 0 ? "" : " Pale: validation of " + more + (more == 1 ? " other trial." : " other trials.");
        int epochs =
                trials.stream().mapToInt(trial -> trial.history().size()).max().orElseThrow();
        return Optional.of(new XyChart(
                new Caption(
                        "learning-" + what + "-" + file,
                        scale == 1 ? "Loss by epoch" : "Accuracy by epoch",
                        sentence,
                        "Training " + what + " is measured in training mode"
                                + (entrant.request().recipe().augmentations().isEmpty() ? "" : " on augmented images")
                                + ", so it can be "
                                + (scale == 1 ? "higher" : "lower") + " than that of validation." + others,
                        table),
                Axis.counting("Epoch", epochs),
                up,
                series,
                best < 1
                        ? List.of()
                        : List.of(bestEpoch(
                                best, scale == 1 ? up.low() : up.high(), scale == 1 ? up.high() : up.low()))));
    }

    /** Marks the epoch whose weights were kept; its label is at the end without curves. */
    private static Guide bestEpoch(int best, double from, double to) {
        return new Guide(best, from, best, to, "best epoch " + best);
    }

    private Series line(String name, Look look, boolean labeled, List<Point> points) {
        return new Series(name, entrant.color(), entrant.symbol(), look, labeled, points);
    }

    private List<Point> points(Model trial, ToDoubleFunction<Epoch> value, double scale, String name) {
        return trial.history().stream()
                .map(epoch -> Point.at(
                        epoch.epoch(),
                        scale * value.applyAsDouble(epoch),
                        name.isEmpty()
                                ? ""
                                : name + ", epoch " + epoch.epoch() + ": "
                                        + Numbers.fixed(scale * value.applyAsDouble(epoch), scale == 1 ? 4 : 2)))
                .toList();
    }

    /** Draws its accuracy by its confidence. */
    public Optional<Chart> reliability() {
        Evaluation evaluation = entrant.evaluation();
        if (evaluation == null) {
            return Optional.empty();
        }
        List<Point> points = new ArrayList<>();
        List<Double> span = new ArrayList<>(List.of(100.0));
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("Confidence from %", "Images", "Mean confidence %", "Accuracy %", "95 % interval"));
        for (Bin bin : evaluation.calibration().equalMass()) {
            String interval = Numbers.percent(bin.accuracyLow()) + " to " + Numbers.percent(bin.accuracyHigh());
            points.add(new Point(
                    100 * bin.confidence(),
                    100 * bin.accuracy(),
                    100 * bin.accuracyLow(),
                    100 * bin.accuracyHigh(),
                    4,
                    "Confidence " + Numbers.percent(bin.confidence()) + " %, accuracy "
                            + Numbers.percent(bin.accuracy()) + " % (95 % interval " + interval + "), "
                            + Numbers.count(bin.images()) + " images",
                    "bin" + points.size()));
            span.addAll(List.of(100 * bin.confidence(), 100 * bin.accuracyLow()));
            table.add(List.of(
                    Numbers.percent(bin.low()),
                    Numbers.count(bin.images()),
                    Numbers.percent(bin.confidence()),
                    Numbers.percent(bin.accuracy()),
                    interval));
        }
        Axis up = Axis.percent("Accuracy, %", span);
        String error = Numbers.fixed(100 * evaluation.calibration().expectedError(), 2);
        return Optional.of(new XyChart(
                new Caption(
                        "reliability-" + file,
                        "Reliability",
                        "Accuracy by confidence of " + entrant.name() + "; expected calibration error " + error
                                + " points.",
                        entrant.selection()
                                + "On the diagonal, confidence matches accuracy; below it the model is overconfident."
                                + " The symbols hold equally many images, but images of equal confidence share one; lines"
                                + " are 95 % intervals. Expected calibration error: "
                                + error
                                + " points in 15 bins of equal width, "
                                + Numbers.fixed(100 * evaluation.calibration().equalMassError(), 2)
                                + " in these.",
                        table),
                new Axis("Confidence, %", up.low(), up.high(), up.step(), up.scale()),
                up,
                List.of(line(entrant.name(), Look.MARKED, false, points)),
                List.of(new Guide(up.low(), up.low(), up.high(), up.high(), ""))));
    }

    /** Draws which classes are classified as which. */
    public Optional<Chart> confusion() {
        Evaluation evaluation = entrant.evaluation();
        if (evaluation == null) {
            return Optional.empty();
        }
        ConfusionMatrix matrix = evaluation.confusion();
        List<String> classes = model.dataset().classes();
        List<Integer> shown = matrix.mostConfused(ShownClasses.ALL);
        List<Cell> mistakes = matrix.mistakes();
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("True class", "Predicted class", "Images", "Percent of the true class"));
        MatrixChart.cells(matrix, shown)
                .forEach(cell -> table.add(List.of(
                        classes.get(cell.truth()),
                        classes.get(cell.predicted()),
                        Numbers.count(cell.images()),
                        Numbers.percent(matrix.share(cell.truth(), cell.predicted())))));
        String part = shown.size() < classes.size()
                ? String.format(Locale.ROOT, ", the %d most confused of %,d classes", shown.size(), classes.size())
                : "";
        return Optional.of(new MatrixChart(
                new Caption(
                        CONFUSION + file,
                        "Confusion matrix" + part,
                        mistakes.isEmpty()
                                ? "No mistakes."
                                : mistakes.stream()
                                                .limit(3)
                                                .map(cell -> classes.get(cell.truth()) + " classified as "
                                                        + classes.get(cell.predicted()) + ": " + cell.images())
                                                .collect(Collectors.joining("; "))
                                        + ".",
                        entrant.selection() + "Rows are the true class, columns the predicted one.",
                        table),
                matrix,
                shown,
                classes));
    }
}
