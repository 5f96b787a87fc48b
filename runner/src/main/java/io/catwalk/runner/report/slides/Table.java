package io.catwalk.runner.report.slides;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds a table of brief texts.
 *
 * @param columns from left to right
 * @param rows from top to bottom, each with as many cells as there are columns
 * @param size of the font in points
 * @param rowHeight in points
 */
record Table(List<Column> columns, List<List<Cell>> rows, double size, double rowHeight) {

    /** Copies the lists. */
    Table {
        columns = List.copyOf(columns);
        rows = rows.stream().map(List::copyOf).toList();
    }

    /** Where the text of a column stands, and how its head is written. */
    enum Kind {
        /** Names, to the left. */
        TEXT,
        /** Numbers, to the right. */
        NUMBER,
        /** Marks, in the middle, under a head that is written upwards. */
        MATRIX
    }

    /**
     * Describes a column.
     *
     * @param head what stands above it
     * @param weight its part of the width, in proportion to the other columns' weights
     * @param kind of its content
     */
    record Column(String head, double weight, Kind kind) {

        static Column text(String head, double weight) {
            return new Column(head, weight, Kind.TEXT);
        }

        static Column number(String head, double weight) {
            return new Column(head, weight, Kind.NUMBER);
        }
    }

    /**
     * Holds one text.
     *
     * @param text that is cut where it does not fit
     * @param weight of the font
     * @param color of the text
     * @param fill behind it; null for none
     */
    record Cell(
            String text,
            Style.Weight weight,
            Color color,
            @Nullable Color fill) {

        static Cell of(String text) {
            return new Cell(text, Style.Weight.PLAIN, Look.INK, null);
        }

        static Cell bold(String text) {
            return new Cell(text, Style.Weight.BOLD, Look.INK, null);
        }

        /** Makes a cell whose text is seen on its ground. */
        static Cell on(Color fill, String text) {
            double light = 0.299 * fill.getRed() + 0.587 * fill.getGreen() + 0.114 * fill.getBlue();
            return new Cell(text, Style.Weight.PLAIN, light < 140 ? Color.WHITE : Look.INK, fill);
        }
    }

    static Table of(List<Column> columns, List<List<Cell>> rows) {
        return new Table(columns, rows, 12, 24);
    }

    static List<Cell> row(List<String> texts) {
        return texts.stream().map(Cell::of).toList();
    }

    Table withSize(double newSize, double newRowHeight) {
        return new Table(columns, rows, newSize, newRowHeight);
    }

    /** Cuts into tables of at most so many rows, as even as they can be. */
    List<Table> pages(int most) {
        int pages = Math.max(1, (rows.size() + most - 1) / most);
        List<Table> cut = new ArrayList<>();
        for (int page = 0; page < pages; page++) {
            List<List<Cell>> some = rows.subList(page * rows.size() / pages, (page + 1) * rows.size() / pages);
            cut.add(new Table(columns, some, size, rowHeight));
        }
        return cut;
    }
}
