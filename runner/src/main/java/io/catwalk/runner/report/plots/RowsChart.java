package io.catwalk.runner.report.plots;

import io.catwalk.runner.report.plots.Pen.Anchor;
import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Shows numbers of classifiers, a row for each, on one axis: bars, points with a line between them, or boxes.
 * No chart of XChart has the names at the left, where long ones can be read, and a color for each row.
 *
 * @param title above it
 * @param unit below the axis
 * @param rows from the top
 * @param start where the axis starts
 */
record RowsChart(String title, String unit, List<Row> rows, Start start) {

    private static final int NAME_LETTERS = 26;
    private static final int ROW = 26;
    private static final int TOP = 52;
    private static final int BOTTOM = 44;

    /** Where an axis starts. */
    enum Start {
        /** At 0: lengths are compared. */
        ZERO,
        /** Near the smallest number: places are compared. */
        SMALLEST
    }

    /**
     * Holds the marks of one classifier.
     *
     * @param name of the classifier
     * @param color of the classifier
     * @param marks on the axis
     * @param note at the right end; may be empty
     */
    record Row(String name, Color color, List<Mark> marks, String note) {}

    /** Shows a number. */
    sealed interface Mark {

        /** Returns the numbers that the axis must reach. */
        DoubleStream values();

        void draw(Pen pen, Axis axis, double left, double right, double y, Color color);
    }

    /**
     * A bar from the start of the axis.
     *
     * @param value its end
     * @param color of it
     * @param place among the bars of its row, 0 for the first of {@code of}
     * @param of how many bars the row has
     */
    record Bar(double value, Color color, int place, int of) implements Mark {

        @Override
        public DoubleStream values() {
            return DoubleStream.of(0, value);
        }

        @Override
        public void draw(Pen pen, Axis axis, double left, double right, double y, Color rowColor) {
            double height = 16.0 / of;
            pen.box(left, y - 8 + place * height, axis.at(value, left, right) - left, height - 1, color);
        }
    }

    /**
     * Points with a line from the smallest to the largest: filled, ringed and upright, in this order.
     *
     * @param places of the points
     */
    record Points(List<Double> places) implements Mark {

        @Override
        public DoubleStream values() {
            return places.stream().mapToDouble(Double::doubleValue);
        }

        @Override
        public void draw(Pen pen, Axis axis, double left, double right, double y, Color color) {
            double low = axis.at(values().min().orElseThrow(), left, right);
            double high = axis.at(values().max().orElseThrow(), left, right);
            pen.line(low, y, high, y, color, 2);
            for (int i = 0; i < places.size(); i++) {
                point(pen, axis.at(places.get(i), left, right), y, color, i);
            }
        }

        static void point(Pen pen, double x, double y, Color color, int sort) {
            switch (sort) {
                case 0 -> pen.dot(x, y, 5, color);
                case 1 -> pen.ring(x, y, 4.5, color);
                default -> pen.box(x - 1.8, y - 8, 3.6, 16, color);
            }
        }
    }

    /**
     * A box from the first to the third quartile with the median in it, and every number as a point.
     *
     * @param sorted numbers, ascending; at least one
     */
    record BoxPlot(List<Double> sorted) implements Mark {

        @Override
        public DoubleStream values() {
            return sorted.stream().mapToDouble(Double::doubleValue);
        }

        @Override
        public void draw(Pen pen, Axis axis, double left, double right, double y, Color color) {
            double low = axis.at(quantile(0.25), left, right);
            double high = axis.at(quantile(0.75), left, right);
            double middle = axis.at(quantile(0.5), left, right);
            pen.line(
                    axis.at(sorted.get(0), left, right),
                    y,
                    axis.at(sorted.get(sorted.size() - 1), left, right),
                    y,
                    color,
                    1.4);
            pen.box(low, y - 8, high - low, 16, Color.WHITE);
            pen.box(low, y - 8, high - low, 16, new Color(color.getRed(), color.getGreen(), color.getBlue(), 70));
            pen.frame(low, y - 8, high - low, 16, color, 1.4);
            pen.line(middle, y - 8, middle, y + 8, color, 3);
            sorted.forEach(value -> pen.dot(axis.at(value, left, right), y, 2.4, Pen.INK));
        }

        /** Interpolates between neighbors, as R and NumPy do by default. */
        double quantile(double share) {
            double place = share * (sorted.size() - 1);
            int below = (int) Math.floor(place);
            int above = Math.min(below + 1, sorted.size() - 1);
            return sorted.get(below) + (place - below) * (sorted.get(above) - sorted.get(below));
        }
    }

    int height() {
        return TOP + rows.size() * ROW + BOTTOM;
    }

    void draw(Pen pen, double x, double y, double width) {
        List<String> names = new ArrayList<>();
        rows.forEach(row -> names.add(shortened(row.name(), NAME_LETTERS)));
        double nameWidth = widest(names, 12);
        double noteWidth = widest(rows.stream().map(Row::note).toList(), 11);
        double left = x + nameWidth + 14;
        double right = x + width - noteWidth - 16;
        DoubleStream values = rows.stream().flatMap(row -> row.marks().stream()).flatMapToDouble(Mark::values);
        Axis axis = Axis.of(start == Start.ZERO ? DoubleStream.concat(DoubleStream.of(0), values) : values);
        pen.text(x, y + 18, title, Pen.bold(14), Pen.INK, Anchor.START);
        double end = y + TOP + rows.size() * ROW;
        for (double tick : axis.ticks()) {
            double at = axis.at(tick, left, right);
            pen.line(at, y + TOP - 6, at, end, Pen.GRID, 1);
            pen.text(at, end + 15, axis.label(tick), Pen.plain(11), Pen.FAINT, Anchor.MIDDLE);
        }
        pen.text((left + right) / 2, end + 32, unit, Pen.plain(11), Pen.FAINT, Anchor.MIDDLE);
        for (int i = 0; i < rows.size(); i++) {
            double middle = y + TOP + (i + 0.5) * ROW - 3;
            Row row = rows.get(i);
            pen.text(left - 8, middle + 4, names.get(i), Pen.plain(12), Pen.INK, Anchor.END);
            row.marks().forEach(mark -> mark.draw(pen, axis, left, right, middle, row.color()));
            pen.text(right + 8, middle + 4, row.note(), Pen.plain(11), Pen.FAINT, Anchor.START);
        }
    }

    private static double widest(List<String> texts, int size) {
        return texts.stream()
                .mapToDouble(text -> Pen.width(text, Pen.plain(size)))
                .max()
                .orElse(0);
    }

    /** Cuts a name that is too long, and leaves out what cannot be written in XML. */
    static String shortened(String name, int letters) {
        String clean = name.replaceAll("[\\p{Cntrl}\\uD800-\\uDFFF\\uFFFE\\uFFFF]", "");
        return clean.length() <= letters ? clean : clean.substring(0, letters - 1) + "…";
    }
}
