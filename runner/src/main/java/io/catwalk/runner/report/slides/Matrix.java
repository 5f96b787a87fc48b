package io.catwalk.runner.report.slides;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.ConfusionMatrix;
import io.catwalk.runner.report.graphics.Theme;
import io.catwalk.runner.report.slides.Table.Cell;
import io.catwalk.runner.report.slides.Table.Column;
import io.catwalk.runner.report.slides.Table.Kind;
import java.awt.Color;
import java.util.ArrayList;
import java.util.List;

/** Shows a confusion matrix in the colors of the report: right answers blue, mistakes vermilion. */
final class Matrix {

    private static final Color RIGHT = Color.decode(Theme.LIGHT.color("right"));
    private static final Color WRONG = Color.decode(Theme.LIGHT.color("wrong"));

    /** Smaller shares of a row are not shown as a number. */
    private static final double EMPTY = 0.005;

    private Matrix() {}

    static Table table(ConfusionMatrix matrix, List<String> classes, Page page) {
        List<Column> columns = new ArrayList<>(List.of(new Column("true class", Kind.TEXT)));
        List<List<Cell>> rows = new ArrayList<>();
        for (int truth = 0; truth < classes.size(); truth++) {
            columns.add(new Column(classes.get(truth), Kind.MATRIX));
            List<Cell> row = new ArrayList<>(List.of(Cell.of(classes.get(truth))));
            for (int predicted = 0; predicted < classes.size(); predicted++) {
                double share = matrix.share(truth, predicted);
                row.add(Cell.on(
                        color(truth == predicted, share, page), share < EMPTY ? "" : Numbers.fixed(100 * share, 0)));
            }
            rows.add(row);
        }
        return new Table(columns, rows, "Confusion matrix: rows true, columns predicted classes, percent of the row.");
    }

    /** Mixes the background with a color; the root makes small shares of mistakes visible. */
    private static Color color(boolean right, double share, Page page) {
        double part = right ? 0.9 * share : 0.95 * Math.sqrt(share);
        return Look.mixed(right ? RIGHT : WRONG, page.color(Tone.PALE), Math.min(1, Math.max(0, part)));
    }
}
