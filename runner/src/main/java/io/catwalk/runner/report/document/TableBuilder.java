package io.catwalk.runner.report.document;

import io.catwalk.runner.report.document.Table.Column;
import io.catwalk.runner.report.document.Table.Column.Kind;
import io.catwalk.runner.report.document.Table.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes a table whose rows are of one kind: each column says how its cell is made from a row. Columns in which no row has
 * a number are left out.
 */
public final class TableBuilder<T> {

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
        if (kind == Kind.TEXT || rows.stream().anyMatch(row -> isKnown(cell.apply(row)))) {
            columns.add(new Column(next, head, kind));
            cells.add(cell);
        }
        return this;
    }

    private static boolean isKnown(Cell cell) {
        return !(cell instanceof Cell.Quantity number) || number.value() != null;
    }

    /** Makes the table; its id and its note may be empty. */
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
