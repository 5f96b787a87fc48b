package io.catwalk.runner.report.slides;

import io.catwalk.runner.report.graphics.Letters;
import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A table of brief texts.
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

    /** Alignment of the text of a column. */
    enum Kind {
        /** Left; breaks into lines if it does not fit. */
        TEXT,
        /** Right, on one line. */
        NUMBER,
        /** Centered, under a vertical head. */
        MATRIX
    }

    /** A column. */
    record Column(String head, Kind kind) {}

    /**
     * A cell.
     *
     * @param text in the cell
     * @param mark before the text, in its own color; empty for none
     * @param color of the mark
     * @param fill color of the background; null for none
     */
    record Cell(
            String text, String mark, Color color, @Nullable Color fill) {

        static Cell of(String text) {
            return new Cell(text, "", Color.BLACK, null);
        }

        /** Returns a cell with a background color. */
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

    /** Returns a row that begins with the given cell. */
    static List<Cell> row(Cell first, String... texts) {
        return Stream.concat(Stream.of(first), Stream.of(texts).map(Cell::of)).toList();
    }

    /** Returns a table whose columns, except the first, are aligned to the right if all of their cells are numbers. */
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

    /** Returns a table of texts; the first row holds the heads. */
    static Table of(List<List<String>> texts, String alternative) {
        return of(
                texts.get(0),
                texts.stream()
                        .skip(1)
                        .map(row -> row(row.toArray(String[]::new)))
                        .toList(),
                alternative);
    }

    /** Returns the table with its names adapted to slides. */
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
     * The layout of a table in an area.
     *
     * @param size of the font in points
     * @param widths of the columns
     * @param heights of the head and of the rows that fit
     * @param narrow whether the columns are too narrow for their words and numbers
     */
    record Layout(double size, List<Double> widths, List<Double> heights, boolean narrow) {

        double height() {
            return heights.stream().mapToDouble(height -> height).sum();
        }
    }

    /** Finds the largest font size at which every row fits, and spreads the rows; if none does, drops the last rows. */
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

    /** Gives each column its least width, and distributes the rest in proportion to what each column lacks. */
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
