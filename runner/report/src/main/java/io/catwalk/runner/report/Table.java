package io.catwalk.runner.report;

import io.catwalk.runner.report.Table.Column;
import io.catwalk.runner.report.Table.Column.Kind;
import io.catwalk.runner.report.Table.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A table. Its first column names the rows; each row has a cell for each column. Its id and its note may be empty. */
public record Table(Set<Medium> media, String id, String title, List<Column> columns, List<Row> rows, String note)
        implements Block {

    /** Rows that fit a terminal beside other things. */
    public static final int SHORT = 12;

    public Table {
        for (Row row : rows) {
            if (row.cells().size() != columns.size()) {
                throw new IllegalArgumentException("expected a cell for each of " + columns.size() + " columns of \""
                        + title + "\", but found " + row.cells().size());
            }
        }
    }

    public record Column(Set<Medium> media, String head, Kind kind) {

        public enum Kind {
            TEXT,
            NUMBER,
            /** From the right, with a bar of that length on a page. */
            BAR
        }
    }

    /** A row, with a key by which a page finds its images; empty for none. */
    public record Row(List<Cell> cells, String key) {

        public static Row of(Cell... cells) {
            return new Row(List.of(cells), "");
        }
    }

    /** Returns the columns of a medium, on a terminal only of the first rows. A slide shows as many rows as fit. */
    @Override
    public Table in(Medium medium) {
        List<Integer> kept = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).media().contains(medium)) {
                kept.add(i);
            }
        }
        List<Row> shown = rows.stream()
                .map(row -> new Row(kept.stream().map(row.cells()::get).toList(), row.key()))
                .toList();
        Table table =
                new Table(media, id, title, kept.stream().map(columns::get).toList(), shown, note);
        return medium == Medium.TERMINAL ? table.first(SHORT) : table;
    }

    /** Returns the table with only its first rows, which the note says; the whole table if it has no more. */
    public Table first(int most) {
        return most >= rows.size() ? this : with(rows.subList(0, most), Chart.ofRows(note, most, rows.size()));
    }

    public Table with(List<Row> newRows, String newNote) {
        return new Table(media, id, title, columns, newRows, newNote);
    }

    /** Returns the texts of all cells, the heads first. */
    public List<List<String>> texts() {
        List<List<String>> texts = new ArrayList<>();
        texts.add(columns.stream().map(Column::head).toList());
        rows.forEach(row -> texts.add(row.cells().stream().map(Cell::text).toList()));
        return texts;
    }

    /** Makes a table by a function for each column, from a row to its cell; columns without any number are left out. */
    public static final class TableBuilder<T> {

        private final Set<Medium> media;
        private final List<T> rows;
        private final List<Column> columns = new ArrayList<>();
        private final List<Function<T, Cell>> cells = new ArrayList<>();
        private Set<Medium> next;
        private Function<T, String> key = row -> "";

        public TableBuilder(Set<Medium> media, List<T> rows) {
            this.media = media;
            this.rows = rows;
            next = media;
        }

        /** Sets where the columns that follow are read; at first, it is wherever the table is. */
        public TableBuilder<T> in(Set<Medium> some) {
            next = some;
            return this;
        }

        /** Sets by what a page finds the images of a row. */
        public TableBuilder<T> keyed(Function<T, String> by) {
            key = by;
            return this;
        }

        public TableBuilder<T> text(String head, Function<T, Cell> cell) {
            return add(head, Kind.TEXT, cell);
        }

        /** Adds a column of texts. */
        public TableBuilder<T> words(String head, Function<T, String> text) {
            return add(head, Kind.TEXT, row -> Cell.of(text.apply(row)));
        }

        /** Adds a column of numbers, or of marks beside numbers. */
        public TableBuilder<T> number(String head, Function<T, Cell> cell) {
            return add(head, Kind.NUMBER, cell);
        }

        public TableBuilder<T> number(String head, Unit unit, Function<T, @Nullable Number> value) {
            return add(head, Kind.NUMBER, row -> Cell.of(value.apply(row), unit));
        }

        public TableBuilder<T> bar(String head, Function<T, Cell> cell) {
            return add(head, Kind.BAR, cell);
        }

        private TableBuilder<T> add(String head, Kind kind, Function<T, Cell> cell) {
            if (kind == Kind.TEXT || rows.stream().anyMatch(row -> Cell.isKnown(cell.apply(row)))) {
                columns.add(new Column(next, head, kind));
                cells.add(cell);
            }
            return this;
        }

        public Table table(String id, String title, String note) {
            return new Table(
                    media,
                    id,
                    title,
                    List.copyOf(columns),
                    rows.stream()
                            .map(row -> new Row(
                                    cells.stream().map(cell -> cell.apply(row)).toList(), key.apply(row)))
                            .toList(),
                    note);
        }
    }
}
