package io.catwalk.runner.cli;

import io.catwalk.runner.Json;
import java.io.PrintWriter;
import java.util.List;

/** Prints for people; the only place that writes to the screen. */
final class Console {

    private final PrintWriter out;
    private final PrintWriter err;

    Console(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    /** Prints a line of the answer. */
    void line(String text) {
        out.println(text);
        out.flush();
    }

    /** Prints the answer for a program. */
    void json(Object value) {
        line(Json.JSON.writeValueAsString(value));
    }

    /** Prints a line about how it goes on, which is not part of the answer. */
    void note(String text) {
        err.println(text);
        err.flush();
    }

    /** Prints a table: the first column to the left, numbers to the right. */
    void table(List<List<String>> rows) {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            // A row of its own length is a sentence and follows no columns.
            for (int i = 0; row.size() == widths.length && i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                String cell = row.get(i);
                String padding = " ".repeat(Math.max(0, widths[i] - cell.length()));
                line.append(i == 0 ? cell + padding : "  " + (row.size() == widths.length ? padding : "") + cell);
            }
            line(line.toString().stripTrailing());
        }
    }
}
