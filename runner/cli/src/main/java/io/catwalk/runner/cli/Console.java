package io.catwalk.runner.cli;

import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.report.TerminalText;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Prints for people; the only class that writes to the screen. Tables are at most 80 columns wide. Names and file
 * contents cannot move the cursor, change colors or fill the screen.
 */
final class Console implements TerminalText.Output {

    private static final int TABLE_COLUMNS = 80;

    /** Longer lines are hard to read, however wide the terminal is. */
    private static final int MOST_COLUMNS = 100;

    private static final int FEWEST_COLUMNS = 40;

    /** No name or reason needs more; a line of the output may list a thousand classes. */
    private static final int MOST_OF_A_NOTE = 1_000;

    private static final int MOST_OF_A_LINE = 100_000;

    private final PrintWriter out;
    private final PrintWriter err;
    private final int columns;

    /** Prints text without breaking it, unless the launcher has found a terminal. */
    Console(PrintWriter out, PrintWriter err) {
        this(out, err, terminalColumns());
    }

    /** Breaks text at this width; {@link Integer#MAX_VALUE} if the output is no terminal. */
    Console(PrintWriter out, PrintWriter err, int columns) {
        this.out = out;
        this.err = err;
        this.columns = columns;
    }

    Console(CommandSpec command) {
        this(command.commandLine().getOut(), command.commandLine().getErr());
    }

    /** Returns one that prints notes, but no results, beside those that are printed as JSON. */
    Console withoutResults() {
        return new Console(new PrintWriter(Writer.nullWriter()), err, columns);
    }

    @Override
    public void line(String text) {
        out.println(harmless(text, MOST_OF_A_LINE));
        out.flush();
    }

    /** Prints a line of the result for programs, which is never cut. */
    void row(String text) {
        out.println(Reasons.visible(text));
        out.flush();
    }

    void json(Object value) {
        out.println(Json.JSON.writeValueAsString(value));
        out.flush();
    }

    /** Returns whether a part of the result could not be written: the disk is full, or the reader has ended. */
    boolean hasLostOutput() {
        return out.checkError();
    }

    /** Prints a line about progress, which is not part of the result. */
    void note(String text) {
        err.println(harmless(text, MOST_OF_A_NOTE));
        err.flush();
    }

    void error(String text) {
        note("catwalk: " + text);
    }

    /** Prints a text after a head; on a terminal, a long text is broken between words and indented by the head. */
    @Override
    public void item(String head, String text) {
        String indent = " ".repeat(Math.min(head.length(), columns / 2));
        Reasons.wrapped(head, indent, text, columns).forEach(this::line);
    }

    void format(String head, String format, Object... values) {
        item(head, String.format(Locale.ROOT, format, values));
    }

    void say(String format, Object... values) {
        format("", format, values);
    }

    /** Prints rows of the same length, whose last cells may be long: these are broken, the others aligned. */
    void list(List<List<String>> rows) {
        for (List<String> row : rows) {
            StringBuilder head = new StringBuilder();
            for (int i = 0; i < row.size() - 1; i++) {
                int column = i;
                int width = rows.stream()
                        .mapToInt(other -> other.get(column).length())
                        .max()
                        .orElse(0);
                head.append(row.get(i)).append(" ".repeat(width - row.get(i).length() + 2));
            }
            item(head.toString(), row.get(row.size() - 1));
        }
    }

    /** Prints an indented text, broken between words at the width of a table, on a terminal or not. */
    void paragraph(String indent, String text) {
        Reasons.wrapped(indent, indent, text, TABLE_COLUMNS).forEach(this::line);
    }

    /**
     * Prints a table: the first column left-aligned, the others right-aligned. If it is too wide, the gaps between
     * columns shrink, and a first cell that is still too long gets a line of its own.
     */
    @Override
    public void table(List<List<String>> unsafe) {
        List<List<String>> rows = unsafe.stream()
                .map(row ->
                        row.stream().map(cell -> harmless(cell, MOST_OF_A_NOTE)).toList())
                .toList();
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        int gaps = widths.length - 1;
        int total = Arrays.stream(widths).sum();
        String gap = total + 2 * gaps <= TABLE_COLUMNS ? "  " : " ";
        int room = TABLE_COLUMNS - gaps * gap.length() - (total - widths[0]);
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

    /** Returns the width of the terminal as the launcher found it, from 40 to 100; the largest integer without one. */
    static int terminalColumns() {
        String told = System.getProperty("catwalk.columns");
        if (told == null) {
            return Integer.MAX_VALUE;
        }
        // A terminal that does not know its width reports 0, or nothing.
        int found = told.matches("[1-9][0-9]{0,5}") ? Integer.parseInt(told) : TABLE_COLUMNS;
        return Math.max(FEWEST_COLUMNS, Math.min(MOST_COLUMNS, found));
    }

    /** Makes a text one line that is safe to print, and cuts it after so many letters. */
    static String harmless(String text, int most) {
        String kept = text.length() <= most ? text : text.substring(0, most) + "... (" + text.length() + " letters)";
        return Reasons.visible(kept);
    }
}
