package io.catwalk.runner.report.slides;

import io.catwalk.runner.report.Cell;
import io.catwalk.runner.report.Letters;
import io.catwalk.runner.report.Palette;
import io.catwalk.runner.report.Table;
import io.catwalk.runner.report.Table.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A table of a document with the texts that a slide shows: those of the heads, then those of each row. */
record SlideTable(Table table, List<List<String>> texts) {

    /** Space at the left and the right of a cell. */
    static final double INSET = 4;

    /** Room in points that a column has beyond its words, since fonts differ. */
    private static final double SLACK = 3;

    static final double LARGEST = 15;

    /** Largest factor by which columns are wider than their words. */
    private static final double WIDEST = 2.2;

    static SlideTable of(Table table, SlideWords words) {
        List<List<String>> texts = new ArrayList<>();
        texts.add(table.columns().stream()
                .map(column -> words.said(column.head()))
                .toList());
        table.rows()
                .forEach(row -> texts.add(row.cells().stream()
                        .map(cell -> words.said(cell instanceof Cell.Name name ? name.tagged() : cell.text()))
                        .toList()));
        return new SlideTable(table, texts);
    }

    SlideTable rows(int from, int to) {
        List<List<String>> kept = new ArrayList<>(texts.subList(0, 1));
        kept.addAll(texts.subList(from + 1, to + 1));
        return new SlideTable(table.with(table.rows().subList(from, to), table.note()), kept);
    }

    /** Returns the first rows, with a note that says so. */
    SlideTable first(int most) {
        return new SlideTable(table.first(most), texts.subList(0, Math.min(most + 1, texts.size())));
    }

    boolean headed() {
        return texts.get(0).stream().anyMatch(head -> !head.isEmpty());
    }

    /**
     * The sizes of a table.
     *
     * @param heights of the head, which is 0 if there is none, and of the rows
     * @param least sum of the widths that keep words and numbers whole
     */
    record Layout(double size, List<Double> widths, List<Double> heights, double least) {

        double height() {
            return sum(heights);
        }

        /** Returns how many rows fit, at least one. */
        int fitting(double height) {
            int rows = heights.size() - 1;
            while (rows > 1 && sum(heights.subList(0, rows + 1)) > height) {
                rows--;
            }
            return rows;
        }

        /** Returns the layout of the first rows, which are made a little higher if there is room. */
        Layout spread(int rows, double height) {
            List<Double> kept = heights.subList(0, rows + 1);
            double more = Math.min(Math.max(0, height - sum(kept)) / Math.max(1, rows), 0.6 * size);
            List<Double> higher = new ArrayList<>(List.of(kept.get(0)));
            kept.subList(1, rows + 1).forEach(one -> higher.add(one + more));
            return new Layout(size, widths, higher, least);
        }
    }

    /** Lays it out in the largest size up to one given that breaks no word and fits all rows, or in the smallest. */
    Layout in(double width, double height, double most) {
        double size = Math.min(most, LARGEST);
        Layout layout = at(size, width);
        while (size > FittedText.SMALLEST && (layout.least() > width || layout.height() > height)) {
            size = Math.max(FittedText.SMALLEST, size - 0.5);
            layout = at(size, width);
        }
        return layout;
    }

    private Layout at(double size, double width) {
        List<Double> least = new ArrayList<>();
        List<Double> wanted = new ArrayList<>();
        for (int c = 0; c < table.columns().size(); c++) {
            boolean breaks = table.columns().get(c).kind() == Column.Kind.TEXT;
            double narrow = 0;
            double wide = 0;
            for (int r = 0; r < texts.size(); r++) {
                Letters letters = new Letters(size, r == 0 || c == 0);
                String text = texts.get(r).get(c);
                double whole = indent(r, c, size) + letters.width(text);
                double word = indent(r, c, size) + letters.widest(Stream.of(text.split(" ", -1)));
                narrow = Math.max(narrow, r == 0 ? word : breaks ? Math.min(word, 0.3 * width) : whole);
                wide = Math.max(wide, r == 0 && !breaks ? Math.min(whole, 1.6 * word) : whole);
            }
            least.add(narrow + 2 * INSET + SLACK);
            wanted.add(wide + 2 * INSET + SLACK);
        }
        List<Double> widths = shared(least, wanted, width);
        List<Double> heights = new ArrayList<>();
        for (int r = 0; r < texts.size(); r++) {
            int lines = 1;
            for (int c = 0; c < widths.size(); c++) {
                double room = widths.get(c) - 2 * INSET - indent(r, c, size);
                lines = Math.max(
                        lines, FittedText.lines(texts.get(r).get(c), new Letters(size, r == 0 || c == 0), room));
            }
            heights.add(r == 0 && !headed() ? 0 : lines * size * FittedText.LINE + 5);
        }
        return new Layout(size, widths, heights, sum(least));
    }

    /** Returns the cell that a text is from; null for a head. Row 0 holds the heads. */
    @Nullable
    Cell cell(int row, int column) {
        return row == 0 ? null : table.rows().get(row - 1).cells().get(column);
    }

    /** Returns the color and symbol of a classifier that a cell names; null if there is none. */
    Palette.@Nullable Look mark(int row, int column) {
        return cell(row, column) instanceof Cell.Name name ? name.look() : null;
    }

    /** Returns the width that the symbol of a classifier takes before its name. */
    double indent(int row, int column, double size) {
        return mark(row, column) == null ? 0 : 1.25 * size;
    }

    private static double sum(List<Double> numbers) {
        return numbers.stream().mapToDouble(number -> number).sum();
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
                                    : wanted.get(c) * Math.min(WIDEST, width / likes));
        }
        return widths;
    }
}
