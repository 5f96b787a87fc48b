package io.catwalk.runner.report.charts;

import io.catwalk.runner.report.Entrant;
import io.catwalk.runner.report.graphics.Symbol;
import java.util.List;

/**
 * One row of a {@link RowChart}.
 *
 * @param name at its left
 * @param color of its marks
 * @param symbol beside its name
 * @param items along the axis
 * @param note at its right; empty for none
 * @param tip text that is shown when a reader points at it
 * @param key that scripts find it by; empty for none
 */
public record Row(String name, String color, Symbol symbol, List<Item> items, String note, String tip, String key) {

    /** Copies the items. */
    public Row {
        items = List.copyOf(items);
    }

    static Row of(Entrant one, List<Item> items, String note, String key, String tip) {
        return new Row(one.name(), one.color(), one.symbol(), items, note, tip, key);
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

    /**
     * A point.
     *
     * @param at its position on the axis
     * @param symbol of the point
     * @param filled whether the symbol is filled; else it is only an outline
     */
    public record Dot(double at, Symbol symbol, boolean filled) implements Item {
        @Override
        public List<Double> span() {
            return List.of(at);
        }
    }

    /**
     * A line from one number to another, such as an interval.
     *
     * @param from where it begins
     * @param to where it ends
     * @param strong whether it is a thin dark line; else it is a wide pale one
     */
    public record Range(double from, double to, boolean strong) implements Item {
        @Override
        public List<Double> span() {
            return List.of(from, to);
        }
    }

    /**
     * A box plot: quartiles and median, whiskers to the extremes, and every number as a dot.
     *
     * @param sorted the numbers, ascending
     */
    public record Box(List<Double> sorted) implements Item {

        /** Copies the numbers. */
        public Box {
            sorted = List.copyOf(sorted);
        }

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
