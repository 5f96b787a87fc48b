package io.catwalk.runner.report.plots;

import io.catwalk.runner.evaluation.ConfusionMatrix;
import io.catwalk.runner.evaluation.ShownClasses;
import io.catwalk.runner.report.plots.Pen.Anchor;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.util.List;
import java.util.Locale;

/**
 * Shows which classes are taken for which: a row for each true class, a column for each predicted one. Right
 * answers are blue, mistakes vermilion, the stronger the larger their share of the row. Of many classes it shows those
 * of the most frequent mistakes.
 *
 * @param title above it
 * @param matrix of counts
 * @param shown classes that it shows, ascending
 * @param classes names, in the order of the matrix
 */
record ConfusionChart(String title, ConfusionMatrix matrix, List<Integer> shown, List<String> classes) {

    private static final Color RIGHT = new Color(0x0072B2);
    private static final Color WRONG = new Color(0xD55E00);
    private static final int LETTERS = 16;
    private static final int TOP = 46;

    static ConfusionChart of(String label, ConfusionMatrix matrix, List<String> classes) {
        List<Integer> shown = matrix.mostConfused(ShownClasses.ALL);
        String part = shown.size() < classes.size()
                ? String.format(Locale.ROOT, ", the %d most confused of %,d classes", shown.size(), classes.size())
                : "";
        String title = RowsChart.shortened(label + ": confusion matrix", 60) + part;
        return new ConfusionChart(title, matrix, shown, classes);
    }

    private int cell() {
        return shown.size() <= 12 ? 50 : shown.size() <= 24 ? 36 : 27;
    }

    private Font font() {
        return Pen.plain(cell() >= 50 ? 12 : 10);
    }

    private double margin() {
        return 12
                + shown.stream()
                        .mapToDouble(label -> Pen.width(name(label), font()))
                        .max()
                        .orElse(0);
    }

    private String name(int label) {
        return RowsChart.shortened(classes.get(label), LETTERS);
    }

    Figure figure(String name) {
        int side = cell() * shown.size();
        return new Figure(
                name,
                (int) Math.max(420, Math.ceil(margin() + 30 + side + 16)),
                (int) Math.ceil(TOP + side + margin() + 36),
                this::draw);
    }

    private void draw(Graphics2D graphics) {
        Pen pen = new Pen(graphics);
        int cell = cell();
        int count = shown.size();
        double left = margin() + 30;
        double end = TOP + (double) cell * count;
        pen.text(16, 26, title, Pen.bold(14), Pen.INK, Anchor.START);
        for (int row = 0; row < count; row++) {
            int truth = shown.get(row);
            for (int column = 0; column < count; column++) {
                if (matrix.count(truth, shown.get(column)) > 0) {
                    double x = left + (double) column * cell;
                    drawCell(pen, x, TOP + (double) row * cell, truth, shown.get(column));
                }
            }
            String name = name(truth);
            double middle = (row + 0.5) * cell;
            pen.text(left - 6, TOP + middle + 4, name, font(), Pen.INK, Anchor.END);
            pen.textUp(left + middle + 4, end + 6 + Pen.width(name, font()), name, font(), Pen.INK);
        }
        pen.frame(left, TOP, (double) cell * count, (double) cell * count, Pen.GRID, 1);
        double middle = (double) cell * count / 2;
        pen.text(left + middle, end + margin() + 16, "predicted", Pen.bold(12), Pen.FAINT, Anchor.MIDDLE);
        pen.textUp(18, TOP + middle + Pen.width("true", Pen.bold(12)) / 2, "true", Pen.bold(12), Pen.FAINT);
    }

    private void drawCell(Pen pen, double x, double y, int truth, int predicted) {
        int cell = cell();
        int images = matrix.count(truth, predicted);
        double share = matrix.share(truth, predicted);
        // A mistake of a few percent must still be seen: the root spreads small shares.
        double strength = truth == predicted ? share * 0.9 : Math.sqrt(share) * 0.95;
        pen.box(x, y, cell, cell, mixed(truth == predicted ? RIGHT : WRONG, strength));
        Color ink = strength > 0.55 ? Color.WHITE : Pen.INK;
        if (cell >= 36) {
            boolean percents = cell >= 50;
            pen.text(
                    x + cell / 2.0,
                    y + cell / 2.0 + (percents ? 0 : 4),
                    Integer.toString(images),
                    percents ? Pen.bold(12) : Pen.plain(10),
                    ink,
                    Anchor.MIDDLE);
            if (percents) {
                String percent = String.format(Locale.ROOT, "%.1f %%", share * 100);
                pen.text(x + cell / 2.0, y + cell / 2.0 + 14, percent, Pen.plain(10), ink, Anchor.MIDDLE);
            }
        }
    }

    private static Color mixed(Color color, double strength) {
        return new Color(
                mixed(color.getRed(), strength), mixed(color.getGreen(), strength), mixed(color.getBlue(), strength));
    }

    private static int mixed(int part, double strength) {
        return (int) Math.round(255 + (part - 255) * Math.min(1, strength));
    }
}
