package io.catwalk.runner.cli;

import io.catwalk.runner.Json;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** Prints for people, in 80 columns; the only place that writes to the screen. */
final class Console {

    private static final int COLUMNS = 80;

    private final PrintWriter out;
    private final PrintWriter err;

    Console(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    Console(CommandSpec command) {
        this(command.commandLine().getOut(), command.commandLine().getErr());
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

    /** Prints a text behind a head, broken between words and indented by the head where it is long. */
    void item(String head, String text) {
        StringBuilder line = new StringBuilder(head);
        boolean started = false;
        for (String word : text.split(" ", -1)) {
            if (started && line.length() + 1 + word.length() > COLUMNS) {
                line(line.toString());
                line.setLength(0);
                line.append(" ".repeat(head.length()));
                started = false;
            }
            line.append(started ? " " : "").append(word);
            started = true;
        }
        line(line.toString().stripTrailing());
    }

    /**
     * Prints a table: the first column to the left, numbers to the right. Where it is tight, columns move
     * together, and a first cell that is still too long takes a line of its own.
     */
    void table(List<List<String>> rows) {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        int gaps = widths.length - 1;
        int total = Arrays.stream(widths).sum();
        String gap = total + 2 * gaps <= COLUMNS ? "  " : " ";
        int room = COLUMNS - gaps * gap.length() - (total - widths[0]);
        widths[0] = Math.max(rows.get(0).get(0).length(), Math.min(widths[0], room));
        for (List<String> row : rows) {
            String first = row.get(0);
            if (first.length() > widths[0]) {
                line(first);
                first = "";
            }
            StringBuilder line = new StringBuilder(first).append(" ".repeat(widths[0] - first.length()));
            for (int i = 1; i < row.size(); i++) {
                line.append(gap)
                        .append(" ".repeat(widths[i] - row.get(i).length()))
                        .append(row.get(i));
            }
            line(line.toString().stripTrailing());
        }
    }
}
