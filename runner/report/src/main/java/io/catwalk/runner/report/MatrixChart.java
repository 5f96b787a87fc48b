package io.catwalk.runner.report;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.ConfusionMatrix;
import io.catwalk.runner.evaluation.ConfusionMatrix.Cell;
import io.catwalk.runner.report.Mark.Anchor;
import io.catwalk.runner.report.Mark.Paint;
import io.catwalk.runner.report.Mark.Rect;
import io.catwalk.runner.report.Mark.Text;
import io.catwalk.runner.report.Mark.Tip;
import io.catwalk.runner.report.Mark.Way;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Shows which classes are classified as which, a row for each true class: a larger share has a stronger color. */
record MatrixChart(Caption caption, ConfusionMatrix matrix, List<Integer> shown, List<String> classes)
        implements Chart {

    private static final Letters TITLE = Letters.bold(11);
    private static final double LARGEST = 48;

    private static final double NUMBERED = 24;

    /** Smallest width of a cell with room for a name at the side. */
    private static final double NAMED = 12;

    @Override
    public List<String> keys() {
        return cells(matrix, shown)
                .map(cell -> cell.truth() + "." + cell.predicted())
                .toList();
    }

    @Override
    public @Nullable String part() {
        return shown.size() == classes.size()
                ? null
                : shown.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** Returns the counts of the classes that are shown, row by row. */
    public static Stream<Cell> cells(ConfusionMatrix matrix, List<Integer> shown) {
        Set<Integer> these = Set.copyOf(shown);
        return matrix.cells().stream().filter(cell -> these.contains(cell.truth()) && these.contains(cell.predicted()));
    }

    @Override
    public Picture drawn(double width) {
        double names = Math.min(Pen.SMALL.widest(shown.stream().map(classes::get)), Math.min(110, width * 0.24));
        double cell = Math.min(LARGEST, (width - names - 30) / shown.size());
        boolean named = cell >= NAMED;
        if (!named) {
            names = 0;
            cell = Math.min(LARGEST, (width - 30) / shown.size());
        }
        double left = names + 26;
        double side = cell * shown.size();
        Letters letters = Letters.plain(Math.min(11, cell * 0.8));
        Pen pen = new Pen();
        for (int row = 0; row < shown.size(); row++) {
            int truth = shown.get(row);
            for (int column = 0; column < shown.size(); column++) {
                if (matrix.count(truth, shown.get(column)) > 0) {
                    pen.add(cell(left + column * cell, 4 + row * cell, cell, truth, shown.get(column)));
                }
            }
            if (named) {
                String name = letters.cut(classes.get(truth), names);
                double middle = (row + 0.5) * cell;
                pen.text(left - 5, 8 + middle, name, letters, "ink", Anchor.END);
                pen.add(new Text(left + middle + 4, side + 10, name, letters, "ink", Anchor.END, Way.UPWARDS));
            }
        }
        pen.rect(left, 4, side, side, 0, Paint.line("line", 1));
        pen.text(left + side / 2, side + names + 28, "predicted", TITLE, "muted", Anchor.MIDDLE);
        pen.add(new Text(12, 4 + side / 2, "true", TITLE, "muted", Anchor.MIDDLE, Way.UPWARDS));
        return new Picture(width, side + names + 36, pen.marks());
    }

    private Tip cell(double x, double y, double cell, int truth, int predicted) {
        int images = matrix.count(truth, predicted);
        double share = matrix.share(truth, predicted);
        boolean right = truth == predicted;
        // A mistake of a few percent must still be visible: the root enlarges small shares.
        double strength = right ? share * 0.9 : Math.sqrt(share) * 0.95;
        Pen pen = new Pen();
        pen.add(new Rect(
                x, y, cell, cell, 0, Paint.fill(right ? "right" : "wrong").opacity(Math.max(0.06, strength))));
        String number = Integer.toString(images);
        Letters letters = Letters.plain(Math.min(12, cell * 0.36));
        if (cell >= NUMBERED && letters.width(number) < cell) {
            String color = strength > 0.55 ? "paper" : "ink";
            pen.text(x + cell / 2, y + cell / 2 + 4, number, letters, color, Anchor.MIDDLE);
        }
        return new Tip(
                classes.get(truth) + (right ? " recognized: " : " classified as " + classes.get(predicted) + ": ")
                        + Numbers.count(images) + " of " + Numbers.count(matrix.support(truth)) + " ("
                        + Numbers.percent(share) + " %)",
                truth + "." + predicted,
                pen.marks());
    }
}
