package io.catwalk.runner.report.sections;

import io.catwalk.runner.report.document.Cell;
import io.catwalk.runner.report.document.Medium;
import io.catwalk.runner.report.document.Table;
import io.catwalk.runner.report.document.Table.Column;
import io.catwalk.runner.report.document.Table.Column.Kind;
import io.catwalk.runner.report.document.Table.Row;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** A column of a table, and how it is made from a row. */
record TableColumn<T>(Set<Medium> media, String head, Kind kind, Function<T, Cell> cell) {

    static <T> TableColumn<T> text(Set<Medium> media, String head, Function<T, Cell> cell) {
        return new TableColumn<>(media, head, Kind.TEXT, cell);
    }

    static <T> TableColumn<T> number(Set<Medium> media, String head, Function<T, Cell> cell) {
        return new TableColumn<>(media, head, Kind.NUMBER, cell);
    }

    static <T> TableColumn<T> bar(Set<Medium> media, String head, Function<T, Cell> cell) {
        return new TableColumn<>(media, head, Kind.BAR, cell);
    }

    /** Makes a table without the columns in which no row has a number. */
    static <T> Table table(
            Set<Medium> media,
            String id,
            String title,
            List<TableColumn<T>> columns,
            List<T> rows,
            Function<T, String> key,
            String note) {
        List<TableColumn<T>> known = columns.stream()
                .filter(column ->
                        column.kind == Kind.TEXT || rows.stream().anyMatch(row -> isKnown(column.cell.apply(row))))
                .toList();
        return new Table(
                media,
                id,
                title,
                known.stream()
                        .map(column -> new Column(column.media, column.head, column.kind))
                        .toList(),
                rows.stream()
                        .map(row -> new Row(
                                known.stream()
                                        .map(column -> column.cell.apply(row))
                                        .toList(),
                                key.apply(row)))
                        .toList(),
                note);
    }

    /** Makes a table whose rows have no images. */
    static <T> Table table(
            Set<Medium> media, String id, String title, List<TableColumn<T>> columns, List<T> rows, String note) {
        return table(media, id, title, columns, rows, row -> "", note);
    }

    private static boolean isKnown(Cell cell) {
        return !(cell instanceof Cell.Quantity number) || number.value() != null;
    }
}
