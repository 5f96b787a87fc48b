package io.catwalk.runner.report.plots;

import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.report.RunReport.Model;
import io.catwalk.runner.report.plots.Lines.Look;
import io.catwalk.runner.report.plots.Lines.Point;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.trial.Timing;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.awt.Color;
import java.awt.Graphics2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.Styler.LegendPosition;

/**
 * Draws what there is to see of one trained network.
 *
 * @param model the network
 * @param name that its files end with
 * @param classes names of the classes
 * @param color of its classifier
 * @param pale a paler one
 */
record ModelFigures(Model model, String name, List<String> classes, Color color, Color pale) {

    private static final int WIDTH = 460;
    private static final int HEIGHT = 340;

    /** Returns a figure for everything that there is data for. */
    List<Figure> all() {
        List<Figure> figures = new ArrayList<>();
        if (!model.history().isEmpty()) {
            learningCurves(figures);
        }
        Evaluation evaluation = model.evaluation();
        if (evaluation != null) {
            figures.add(ConfusionChart.of(model.label(), evaluation.confusion(), classes)
                    .figure("confusion-matrix-" + name));
            figures.add(reliability(evaluation));
        }
        return figures;
    }

    private void learningCurves(List<Figure> figures) {
        Lines accuracy = curves("accuracy", "percent", Epoch::trainAccuracy, Epoch::validationAccuracy, 100);
        Lines loss = curves("cross entropy", "nats", Epoch::trainLoss, Epoch::validationLoss, 1);
        List<XYChart> charts = new ArrayList<>();
        for (Lines lines : List.of(accuracy, loss)) {
            if (!lines.isEmpty()) {
                charts.add(lines.fitted().chart());
            }
        }
        if (!charts.isEmpty()) {
            figures.add(new Figure(
                    "learning-curves-" + name, WIDTH * charts.size(), HEIGHT, graphics -> beside(graphics, charts)));
        }
    }

    private static void beside(Graphics2D graphics, List<XYChart> charts) {
        for (XYChart chart : charts) {
            chart.paint(graphics, WIDTH, HEIGHT);
            graphics.translate(WIDTH, 0);
        }
        graphics.translate(-WIDTH * charts.size(), 0);
    }

    private Lines curves(
            String what,
            String unit,
            ToDoubleFunction<Epoch> training,
            ToDoubleFunction<Epoch> validation,
            double scale) {
        Lines lines = new Lines(
                RowsChart.shortened(model.label(), 30) + ": " + what, "epoch", what + " (" + unit + ")", WIDTH, HEIGHT);
        lines.chart().getStyler().setLegendPosition(LegendPosition.OutsideS);
        lines.add("training", points(training, scale), pale, Look.LINE);
        lines.add("validation", points(validation, scale), color, Look.LINE);
        if (model.outcome() instanceof Done done) {
            Timing timing = done.timing();
            List<Point> best = model.history().stream()
                    .filter(epoch -> epoch.epoch() == timing.bestEpoch())
                    .map(epoch -> new Point(epoch.epoch(), validation.applyAsDouble(epoch) * scale))
                    .toList();
            lines.add("best epoch: " + timing.bestEpoch(), best, color, Look.POINTS);
        }
        int last = model.history().get(model.history().size() - 1).epoch();
        lines.chart().getStyler().setXAxisMin(last == 1 ? 0.0 : 1.0);
        lines.chart().getStyler().setXAxisMax(last == 1 ? 2.0 : (double) last);
        lines.chart().getStyler().setXAxisDecimalPattern("#");
        return lines;
    }

    private List<Point> points(ToDoubleFunction<Epoch> value, double scale) {
        return model.history().stream()
                .map(epoch -> new Point(epoch.epoch(), value.applyAsDouble(epoch) * scale))
                .toList();
    }

    private Figure reliability(Evaluation evaluation) {
        String title = String.format(
                Locale.ROOT,
                "%s: calibration (expected error %.2f points)",
                RowsChart.shortened(model.label(), 24),
                evaluation.calibration().expectedError() * 100);
        Lines lines = new Lines(title, "confidence (percent)", "right (percent)", WIDTH, WIDTH);
        var styler = lines.chart().getStyler();
        styler.setLegendPosition(LegendPosition.InsideNW);
        styler.setXAxisMin(0.0);
        styler.setXAxisMax(100.0);
        styler.setYAxisMin(0.0);
        styler.setYAxisMax(100.0);
        lines.add("as sure as right", List.of(new Point(0, 0), new Point(100, 100)), Pen.FAINT, Look.DASHES);
        List<Point> bins = evaluation.calibration().reliability().stream()
                .map(bin -> new Point(bin.confidence() * 100, bin.accuracy() * 100))
                .toList();
        lines.add("bins of images", bins, color, Look.DOTTED_LINE);
        return new Figure(
                "reliability-" + name, WIDTH, WIDTH, graphics -> lines.chart().paint(graphics, WIDTH, WIDTH));
    }
}
