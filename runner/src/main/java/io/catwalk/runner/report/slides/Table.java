package io.catwalk.runner.report.slides;

import io.catwalk.runner.report.graphics.Letters;
import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Holds a table of brief texts.
 *
 * @param columns from left to right
 * @param rows from top to bottom, each with as many cells as there are columns
 * @param alternative what it shows, in words
 */
record Table(List<Column> columns, List<List<Cell>> rows, String alternative) {

    static final double INSET = 4;
    private static final Pattern NUMBER = Pattern.compile("[-−+~<–]?[ \\d].*|–|");
    private static final double LARGEST = 15;
    private static final double SMALLEST = 8;

    /** Copies the lists. */
    Table {
        columns = List.copyOf(columns);
        rows = rows.stream().map(List::copyOf).toList();
    }

    /** Where the text of a column stands. */
    enum Kind {
        /** To the left; breaks where it does not fit. */
        TEXT,
        /** To the right, on one line. */
        NUMBER,
        /** In the middle, under a head that is written upwards. */
        MATRIX
    }

    /** Describes a column. */
    record Column(String head, Kind kind) {}

    /**
     * Holds one text.
     *
     * @param text what it says
     * @param mark that stands before it, in its color; empty for none
     * @param color of the mark
     * @param fill behind it; null for none
     */
    record Cell(
            String text, String mark, Color color, @Nullable Color fill) {

        static Cell of(String text) {
            return new Cell(text, "", Color.BLACK, null);
        }

        /** Makes a cell on a ground. */
        static Cell on(Color fill, String text) {
            return new Cell(text, "", Color.BLACK, fill);
        }

        String whole() {
            return mark.isEmpty() ? text : mark + "\u00A0" + text;
        }
    }

    static List<Cell> row(String... texts) {
        return Stream.of(texts).map(Cell::of).toList();
    }

    /** Makes a table whose columns stand to the right if all of their cells are numbers, but for the first. */
    static Table of(List<String> heads, List<List<Cell>> rows, String alternative) {
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < heads.size(); i++) {
            int column = i;
            boolean numbers = i > 0
                    && rows.stream()
                            .allMatch(row ->
                                    NUMBER.matcher(row.get(column).text()).matches());
            columns.add(new Column(heads.get(i), numbers ? Kind.NUMBER : Kind.TEXT));
        }
        return new Table(columns, rows, alternative);
    }

    /** Makes a table of texts, of which the first are the heads. */
    static Table of(List<List<String>> texts, String alternative) {
        return of(
                texts.get(0),
                texts.stream()
                        .skip(1)
                        .map(row -> row(row.toArray(String[]::new)))
                        .toList(),
                alternative);
    }

    /** Sets the names in it as a slide can hold them. */
    Table said(Names names) {
        return new Table(
                columns.stream()
                        .map(column -> new Column(names.said(column.head()), column.kind()))
                        .toList(),
                rows.stream()
                        .map(row -> row.stream()
                                .map(cell -> new Cell(names.said(cell.text()), cell.mark(), cell.color(), cell.fill()))
                                .toList())
                        .toList(),
                alternative);
    }

    Table rows(int from, int to) {
        return new Table(columns, rows.subList(from, to), alternative);
    }

    boolean upright() {
        return columns.stream().anyMatch(column -> column.kind() == Kind.MATRIX);
    }

    /**
     * Is how a table fills an area.
     *
     * @param size of the font in points
     * @param widths of the columns
     * @param heights of the head and of the rows that fit
     * @param narrow whether words and numbers do not fit into the columns
     */
    record Layout(double size, List<Double> widths, List<Double> heights, boolean narrow) {

        double height() {
            return heights.stream().mapToDouble(height -> height).sum();
        }
    }

    /** Finds the largest letters at which every row fits, and spreads the rows; else as many rows as fit. */
    Layout in(Area area) {
        double size = LARGEST;
        Layout layout = at(size, area.width());
        while (size > SMALLEST && (layout.narrow() || layout.height() > area.height())) {
            size -= 0.5;
            layout = at(size, area.width());
        }
        List<Double> heights = new ArrayList<>(layout.heights());
        while (heights.size() > 2 && sum(heights) > area.height()) {
            heights.remove(heights.size() - 1);
        }
        double more = Math.min(
                Math.max(0, area.height() - sum(heights)) / heights.size(), upright() ? 18 : 1.3 * layout.size());
        return new Layout(
                layout.size(),
                layout.widths(),
                heights.stream().map(height -> height + more).toList(),
                layout.narrow());
    }

    private static double sum(List<Double> numbers) {
        return numbers.stream().mapToDouble(number -> number).sum();
    }

    private Layout at(double size, double width) {
        Letters plain = Letters.plain(size);
        Letters head = Letters.bold(size - 1);
        List<Double> least = new ArrayList<>();
        List<Double> wanted = new ArrayList<>();
        for (int c = 0; c < columns.size(); c++) {
            int column = c;
            Column one = columns.get(c);
            Letters letters = one.kind() == Kind.TEXT && c == 0 ? Letters.bold(size) : plain;
            double title = one.kind() == Kind.MATRIX ? size * 1.5 : TextSize.longestWord(one.head(), head);
            double widest = rows.stream()
                    .mapToDouble(row -> letters.width(row.get(column).whole()))
                    .max()
                    .orElse(0);
            double word = rows.stream()
                    .mapToDouble(row -> TextSize.longestWord(row.get(column).whole(), letters))
                    .max()
                    .orElse(0);
            boolean breaks = one.kind() == Kind.TEXT;
            least.add(Math.max(title, breaks ? Math.min(word, 0.3 * width) : widest) + 2 * INSET + 1);
            double whole = one.kind() == Kind.MATRIX ? title : head.width(one.head());
            wanted.add(Math.max(breaks ? whole : Math.min(whole, 1.6 * title), widest) + 2 * INSET + 1);
        }
        List<Double> widths = shared(least, wanted, width);
        List<Double> heights = new ArrayList<>();
        double top = 0;
        for (int c = 0; c < columns.size(); c++) {
            double lines = TextSize.lines(columns.get(c).head(), head, widths.get(c) - 2 * INSET);
            top = Math.max(
                    top,
                    columns.get(c).kind() == Kind.MATRIX
                            ? head.width(columns.get(c).head()) + 2 * INSET + 2
                            : lines * head.size() * TextSize.LINE + 4);
        }
        heights.add(top);
        for (List<Cell> row : rows) {
            int lines = 1;
            for (int c = 0; c < columns.size(); c++) {
                Letters letters = c == 0 ? Letters.bold(size) : plain;
                lines = Math.max(lines, TextSize.lines(row.get(c).whole(), letters, widths.get(c) - 2 * INSET));
            }
            heights.add(lines * size * TextSize.LINE + 5);
        }
        return new Layout(size, widths, heights, sum(least) > width);
    }

    /** Gives each column what it needs at least, and shares out the rest by what it would like to have. */
    private static List<Double> shared(List<Double> least, List<Double> wanted, double width) {
        double needs = sum(least);
        double likes = sum(wanted);
        List<Double> widths = new ArrayList<>();
        for (int c = 0; c < least.size(); c++) {
            double like = wanted.get(c) - least.get(c);
            widths.add(
                    needs >= width
                            ? least.get(c) * width / needs
                            : likes >= width
                                    ? least.get(c) + like * (width - needs) / Math.max(1e-9, likes - needs)
                                    : wanted.get(c) * width / likes);
        }
        return widths;
    }
}
