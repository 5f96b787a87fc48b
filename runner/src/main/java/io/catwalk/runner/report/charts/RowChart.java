package io.catwalk.runner.report.charts;

import io.catwalk.runner.report.charts.Row.Box;
import io.catwalk.runner.report.charts.Row.Dot;
import io.catwalk.runner.report.charts.Row.Item;
import io.catwalk.runner.report.charts.Row.Range;
import io.catwalk.runner.report.graphics.Letters;
import io.catwalk.runner.report.graphics.Mark;
import io.catwalk.runner.report.graphics.Mark.Anchor;
import io.catwalk.runner.report.graphics.Mark.Tip;
import io.catwalk.runner.report.graphics.Paint;
import io.catwalk.runner.report.graphics.Picture;
import io.catwalk.runner.report.graphics.Symbol;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Shows a row for each classifier, along one axis.
 *
 * @param caption its words and numbers
 * @param axis of all rows
 * @param rows from the top down
 * @param legend what the symbols mean
 * @param band part of the axis that is shaded; null for none
 * @param tied number of the first rows that get a bracket; 0 for none
 */
public record RowChart(
        Caption caption,
        Axis axis,
        List<Row> rows,
        List<Key> legend,
        @Nullable Band band,
        int tied) implements Chart {

    private static final double ROW = 30;
    private static final double SYMBOL = 16;

    /** An entry of the legend. */
    public record Key(String words, Symbol symbol, boolean filled) {}

    /** A shaded part of the axis. */
    public record Band(double from, double to) {}

    /** Copies the lists. */
    public RowChart {
        rows = List.copyOf(rows);
        legend = List.copyOf(legend);
    }

    RowChart(Caption caption, Axis axis, List<Row> rows) {
        this(caption, axis, rows, List.of(), null, 0);
    }

    @Override
    public Picture drawn(double width) {
        double names = Math.min(widest(Row::name, Pen.NAME), width * 0.36);
        double bracket = tied > 1 ? 12 : 0;
        double left = names + SYMBOL + 10 + bracket;
        double right = width - 8 - Math.min(widest(Row::note, Pen.SMALL) + 8, width * 0.4);
        double top = legend.isEmpty() ? 6 : 26;
        double end = top + rows.size() * ROW;
        Pen pen = new Pen();
        explain(pen);
        if (band != null) {
            double from = Math.max(left, axis.at(band.from(), left, right));
            double to = Math.min(right, axis.at(band.to(), left, right));
            pen.rect(
                    from,
                    top - 4,
                    Math.max(0, to - from),
                    end - top + 8,
                    0,
                    Paint.fill("muted").opacity(0.13));
        }
        pen.below(axis, left, right, top - 4, end + 2);
        if (axis.low() < 0 && axis.high() > 0) {
            double zero = axis.at(0, left, right);
            pen.line(zero, top - 4, zero, end + 2, Paint.line("muted", 1));
        }
        for (int i = 0; i < rows.size(); i++) {
            double middle = top + (i + 0.5) * ROW;
            pen.add(new Tip(
                    rows.get(i).tip(), rows.get(i).key(), marks(rows.get(i), middle, names, left, right, bracket)));
        }
        if (tied > 1) {
            pen.line(3, top + 5, 3, top + tied * ROW - 5, Paint.line("ink", 2));
        }
        return new Picture(width, end + (axis.title().isEmpty() ? 22 : 40), pen.marks());
    }

    private void explain(Pen pen) {
        double x = 6;
        for (Key key : legend) {
            pen.add(key.symbol().at(x + 4, 9, 4.5, paint("muted", key.filled())));
            pen.text(x + 13, 13, key.words(), Pen.SMALL, "muted", Anchor.START);
            x += 26 + Pen.SMALL.width(key.words());
        }
    }

    private List<Mark> marks(Row row, double middle, double names, double left, double right, double bracket) {
        Pen pen = new Pen();
        pen.add(row.symbol().at(bracket + 6, middle, 5, Paint.fill(row.color())));
        pen.text(bracket + SYMBOL, middle + 4, Pen.NAME.cut(row.name(), names), Pen.NAME, "ink", Anchor.START);
        row.items().forEach(item -> draw(item, row, middle, left, right, pen));
        pen.text(right + 8, middle + 4, row.note(), Pen.SMALL, "muted", Anchor.START);
        return pen.marks();
    }

    private void draw(Item item, Row row, double middle, double left, double right, Pen pen) {
        if (item instanceof Dot dot) {
            double x = axis.at(dot.at(), left, right);
            pen.add(dot.symbol().at(x, middle, 5.5, paint(row.color(), dot.filled())));
        } else if (item instanceof Range range) {
            double from = axis.at(range.from(), left, right);
            double to = axis.at(range.to(), left, right);
            pen.line(
                    from,
                    middle,
                    to,
                    middle,
                    range.strong()
                            ? Paint.line(row.color(), 2)
                            : Paint.line(row.color(), 6).opacity(0.3));
        } else if (item instanceof Box box) {
            draw(box, row, middle, left, right, pen);
        }
    }

    private void draw(Box box, Row row, double middle, double left, double right, Pen pen) {
        double low = axis.at(box.quantile(0), left, right);
        double high = axis.at(box.quantile(1), left, right);
        double first = axis.at(box.quantile(0.25), left, right);
        double third = axis.at(box.quantile(0.75), left, right);
        double median = axis.at(box.quantile(0.5), left, right);
        pen.line(low, middle, high, middle, Paint.line(row.color(), 1.5));
        pen.rect(first, middle - 8, third - first, 16, 2, Paint.fill("paper").framed(row.color(), 1.5));
        pen.rect(
                first, middle - 8, third - first, 16, 2, Paint.fill(row.color()).opacity(0.22));
        pen.line(median, middle - 8, median, middle + 8, Paint.line(row.color(), 2.5));
        for (double value : box.sorted()) {
            pen.add(row.symbol().at(axis.at(value, left, right), middle, 2.5, Paint.fill(row.color())));
        }
    }

    private static Paint paint(String color, boolean filled) {
        return filled
                ? Paint.fill(color).framed("paper", 1)
                : Paint.fill("paper").framed(color, 2);
    }

    private double widest(Function<Row, String> text, Letters letters) {
        return rows.stream()
                .mapToDouble(row -> letters.width(text.apply(row)))
                .max()
                .orElse(0);
    }
}
