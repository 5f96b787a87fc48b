package io.catwalk.runner.report;

import io.catwalk.runner.report.Chart.Caption;
import io.catwalk.runner.report.Mark.Anchor;
import io.catwalk.runner.report.Mark.Paint;
import io.catwalk.runner.report.Mark.Tip;
import io.catwalk.runner.report.RowChart.Row.Box;
import io.catwalk.runner.report.RowChart.Row.Dot;
import io.catwalk.runner.report.RowChart.Row.Item;
import io.catwalk.runner.report.RowChart.Row.Range;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Shows a row for each classifier, along one axis.
 *
 * @param band part of the axis that is shaded; null for none
 * @param tied number of the first rows that get a bracket; 0 for none
 */
public record RowChart(
        Caption caption,
        ChartAxis axis,
        List<Row> rows,
        List<Key> legend,
        @Nullable Band band,
        int tied) implements Chart {

    private static final double ROW = 30;
    private static final double SYMBOL = 16;

    public record Key(String words, Symbol symbol, boolean filled) {}

    public record Band(double from, double to) {}

    public RowChart(Caption caption, ChartAxis axis, List<Row> rows, List<Key> legend) {
        this(caption, axis, rows, legend, null, 0);
    }

    /** Returns the chart with only its first rows, which the note says; the whole chart if it has no more. */
    public RowChart first(int most) {
        if (most >= rows.size()) {
            return this;
        }
        String note = Chart.ofRows(caption.note(), most, rows.size());
        Caption said = new Caption(caption.name(), caption.title(), caption.sentence(), note, caption.table());
        return new RowChart(said, axis, rows.subList(0, most), legend, band, Math.min(tied, most));
    }

    @Override
    public Picture drawn(double width) {
        return new Drafting(width).picture();
    }

    private final class Drafting {

        private final double width;
        private final double bracket = tied > 1 ? 12 : 0;
        private final double names;
        private final double namesLeft;
        private final double left;
        private final double right;

        /** Whether rows have symbols: those that are all the same tell nothing. */
        private final boolean symbols =
                rows.size() == 1 || rows.stream().map(Row::symbol).distinct().count() > 1;

        Drafting(double width) {
            this.width = width;
            names = Math.min(Pen.NAME.widest(rows.stream().map(Row::name)), width * 0.36);
            namesLeft = bracket + (symbols ? SYMBOL : 0);
            left = namesLeft + names + 10;
            right = width - 8 - Math.min(Pen.SMALL.widest(rows.stream().map(Row::note)) + 8, width * 0.4);
        }

        private double x(double value) {
            return axis.at(value, left, right);
        }

        Picture picture() {
            Pen pen = new Pen();
            double top = legend.isEmpty() ? 6 : explain(pen) + 17;
            double end = top + rows.size() * ROW;
            if (band != null) {
                double from = Math.max(left, x(band.from()));
                double to = Math.min(right, x(band.to()));
                Paint shade = Paint.fill("muted").opacity(0.13);
                pen.rect(from, top - 4, Math.max(0, to - from), end - top + 8, 0, shade);
            }
            pen.below(axis, left, right, top - 4, end + 2);
            if (axis.low() < 0 && axis.high() > 0) {
                pen.line(x(0), top - 4, x(0), end + 2, Paint.line("muted", 1));
            }
            for (int i = 0; i < rows.size(); i++) {
                Row row = rows.get(i);
                pen.add(new Tip(row.tip(), row.key(), marks(row, top + (i + 0.5) * ROW)));
            }
            if (tied > 1) {
                pen.line(3, top + 5, 3, top + tied * ROW - 5, Paint.line("ink", 2));
            }
            return new Picture(width, end + (axis.title().isEmpty() ? 22 : 40), pen.marks());
        }

        /** Draws the legend in as many lines as it needs, and returns the middle of the last. */
        private double explain(Pen pen) {
            double place = 6;
            double line = 9;
            for (Key key : legend) {
                double wide = 13 + Pen.SMALL.width(key.words());
                if (place > 6 && place + wide > width) {
                    place = 6;
                    line += 17;
                }
                pen.add(key.symbol().at(place + 4, line, 4.5, paint("muted", key.filled())));
                pen.text(place + 13, line + 4, key.words(), Pen.SMALL, "muted", Anchor.START);
                place += wide + 13;
            }
            return line;
        }

        private List<Mark> marks(Row row, double middle) {
            Pen pen = new Pen();
            if (symbols) {
                pen.add(row.symbol().at(bracket + 6, middle, 5, Paint.fill(row.color())));
            }
            pen.text(namesLeft, middle + 4, Pen.NAME.cut(row.name(), names), Pen.NAME, "ink", Anchor.START);
            row.items().forEach(item -> draw(item, row, middle, pen));
            pen.text(right + 8, middle + 4, row.note(), Pen.SMALL, "muted", Anchor.START);
            return pen.marks();
        }

        private void draw(Item item, Row row, double middle, Pen pen) {
            if (item instanceof Dot dot) {
                pen.add(dot.symbol().at(x(dot.at()), middle, 5.5, paint(row.color(), dot.filled())));
            } else if (item instanceof Range range) {
                Paint paint = range.strong()
                        ? Paint.line(row.color(), 2)
                        : Paint.line(row.color(), 6).opacity(0.3);
                pen.line(x(range.from()), middle, x(range.to()), middle, paint);
            } else if (item instanceof Box box) {
                draw(box, row, middle, pen);
            }
        }

        private void draw(Box box, Row row, double middle, Pen pen) {
            double first = x(box.quantile(0.25));
            double wide = x(box.quantile(0.75)) - first;
            double median = x(box.quantile(0.5));
            pen.line(x(box.quantile(0)), middle, x(box.quantile(1)), middle, Paint.line(row.color(), 1.5));
            pen.rect(first, middle - 8, wide, 16, 2, Paint.fill("paper").framed(row.color(), 1.5));
            pen.rect(first, middle - 8, wide, 16, 2, Paint.fill(row.color()).opacity(0.22));
            pen.line(median, middle - 8, median, middle + 8, Paint.line(row.color(), 2.5));
            for (double value : box.sorted()) {
                pen.add(row.symbol().at(x(value), middle, 2.5, Paint.fill(row.color())));
            }
        }
    }

    private static Paint paint(String color, boolean filled) {
        return filled
                ? Paint.fill(color).framed("paper", 1)
                : Paint.fill("paper").framed(color, 2);
    }

    /** One row of a {@link RowChart}: items along the axis, with a name before and a note behind; scripts find it by its key. */
    public record Row(String name, String color, Symbol symbol, List<Item> items, String note, String tip, String key) {

        public static Row of(ClassifierReport one, List<Item> items, String note, String key, String tip) {
            return new Row(one.name(), one.color(), one.symbol(), items, note, tip, key);
        }

        /** Returns dots with a wide pale line that joins them. */
        public static List<Item> joined(List<Dot> dots) {
            var span = dots.stream().mapToDouble(Dot::at).summaryStatistics();
            return Stream.<Item>concat(Stream.of(new Range(span.getMin(), span.getMax(), false)), dots.stream())
                    .toList();
        }

        /** Returns all numbers that the axis of these rows has to span. */
        public static List<Double> span(List<Row> rows) {
            return rows.stream()
                    .flatMap(row -> row.items.stream())
                    .flatMap(item -> item instanceof Dot dot
                            ? Stream.of(dot.at)
                            : item instanceof Range range
                                    ? Stream.of(range.from, range.to)
                                    : ((Box) item).sorted.stream())
                    .toList();
        }

        public sealed interface Item permits Dot, Range, Box {}

        public record Dot(double at, Symbol symbol, boolean filled) implements Item {}

        /** A line from one number to another: a strong one is thin and dark, such as an interval, another is wide and pale. */
        public record Range(double from, double to, boolean strong) implements Item {}

        /** A box plot: quartiles and median, whiskers to the extremes, and every number as a dot. */
        public record Box(List<Double> sorted) implements Item {

            /** Returns a quantile, interpolated between neighbors as in R's type 7 and NumPy. */
            public double quantile(double share) {
                double place = (sorted.size() - 1) * share;
                int below = (int) Math.floor(place);
                double next = sorted.get(Math.min(below + 1, sorted.size() - 1));
                return sorted.get(below) + (place - below) * (next - sorted.get(below));
            }
        }
    }
}
