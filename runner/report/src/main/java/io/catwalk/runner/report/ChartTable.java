package io.catwalk.runner.report;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.report.Chart.Caption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The numbers of a chart. Its table, its tips and its alternative text are written from the same cells. */
final class ChartTable {

    private final List<List<String>> table = new ArrayList<>();
    private final List<String> words = new ArrayList<>();

    /** Creates a table without rows. A head ends with its unit: {@code Accuracy %}, or {@code Difference, points}. */
    ChartTable(String... heads) {
        table.add(List.of(heads));
    }

    ChartTable(Table numbers) {
        table.add(numbers.texts().get(0));
        numbers.rows().forEach(row -> add(row.cells().toArray(Cell[]::new)));
    }

    String words(int row) {
        return words.get(row);
    }

    /** Adds a row, and returns it in words, such as "gru: accuracy 85.00 %, 95 % interval 83.00 to 87.00". */
    String add(String... cells) {
        return add(Stream.of(cells).map(Cell::of).toArray(Cell[]::new));
    }

    String add(Cell... cells) {
        List<String> heads = table.get(0);
        List<String> texts = Stream.of(cells).map(Cell::text).toList();
        table.add(texts);
        String name = heads.get(0).startsWith("Class") ? texts.get(0) : heads.get(0) + " " + texts.get(0);
        words.add(IntStream.range(1, cells.length)
                .filter(i -> !texts.get(i).equals(Numbers.NONE))
                .mapToObj(i -> cells[i] instanceof Cell.Range range && range.isPoint()
                        ? texts.get(i)
                        : words(heads.get(i), texts.get(i)))
                .collect(Collectors.joining(", ", name + ": ", "")));
        return words.get(words.size() - 1);
    }

    private static String words(String head, String cell) {
        int unit = head.endsWith(" %") ? head.length() - 2 : head.indexOf(", ");
        String name = unit < 0 ? head : head.substring(0, unit);
        boolean acronym = name.equals(name.toUpperCase(Locale.ROOT)) || name.startsWith("ONNX");
        return (acronym ? name : name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1)) + " " + cell
                + (unit < 0 ? "" : head.substring(unit).replace(",", ""));
    }

    /** Returns the caption of a chart, whose alternative text are all rows in words. */
    Caption caption(String name, String title, String note) {
        return caption(name, title, String.join("; ", words) + ".", note);
    }

    Caption caption(String name, String title, String sentence, String note) {
        return new Caption(name, title, sentence, note, table);
    }
}
