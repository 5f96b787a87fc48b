package io.catwalk.runner.report.charts;

import io.catwalk.runner.report.ClassifierReport;
import io.catwalk.runner.report.graphics.Symbol;
import java.util.List;
import java.util.stream.Stream;

/** One row of a {@link RowChart}: items along the axis, with a name before and a note behind; scripts find it by its key. */
public record Row(String name, String color, Symbol symbol, List<Item> items, String note, String tip, String key) {

    static Row of(ClassifierReport one, List<Item> items, String note, String key, String tip) {
        return new Row(one.name(), one.color(), one.symbol(), items, note, tip, key);
    }

    /** Returns dots with a wide pale line that joins them. */
    static List<Item> joined(List<Dot> dots) {
        var span = dots.stream().mapToDouble(Dot::at).summaryStatistics();
        return Stream.<Item>concat(Stream.of(new Range(span.getMin(), span.getMax(), false)), dots.stream())
                .toList();
    }

    /** Returns all numbers that the axis of these rows has to span. */
    static List<Double> span(List<Row> rows) {
        return rows.stream()
                .flatMap(row -> row.items.stream())
                .flatMap(item -> item.span().stream())
                .toList();
    }

    /** An item along the axis. */
    public sealed interface Item {

        /** Returns the numbers that the axis has to span. */
        List<Double> span();
    }

    /** A point. */
    public record Dot(double at, Symbol symbol, boolean filled) implements Item {
        @Override
        public List<Double> span() {
            return List.of(at);
        }
    }

    /** A line from one number to another: a strong one is thin and dark, such as an interval, another is wide and pale. */
    public record Range(double from, double to, boolean strong) implements Item {
        @Override
        public List<Double> span() {
            return List.of(from, to);
        }
    }

    /** A box plot: quartiles and median, whiskers to the extremes, and every number as a dot. */
    public record Box(List<Double> sorted) implements Item {
        @Override
        public List<Double> span() {
            return sorted;
        }

        /** Returns a quantile, interpolated between neighbors as in R's type 7 and NumPy. */
        public double quantile(double share) {
            double place = (sorted.size() - 1) * share;
            int below = (int) Math.floor(place);
            double next = sorted.get(Math.min(below + 1, sorted.size() - 1));
            return sorted.get(below) + (place - below) * (next - sorted.get(below));
        }
    }
}
