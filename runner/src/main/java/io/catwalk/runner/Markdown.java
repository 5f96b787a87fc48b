package io.catwalk.runner;

import java.util.List;
import java.util.regex.Pattern;

/** Writes texts from other sources into Markdown (CommonMark with the tables of GitHub). */
public final class Markdown {

    private static final Pattern MARKS = Pattern.compile("[\\\\`*_{}\\[\\]<>#|!~&$]");

    private Markdown() {}

    /**
     * Escapes a text so that it is shown literally: no mark-up, no link, no HTML, no new table cell, no new line.
     *
     * @param text such as the name of a class
     * @return the same text, for use within a line
     */
    public static String text(String text) {
        return MARKS.matcher(text.replaceAll("[\\p{Cntrl}\\s]+", " ")).replaceAll("\\\\$0");
    }

    /**
     * Writes a table.
     *
     * @param rows the header, then the other rows, all of the same length; cells are escaped
     * @return the table; the first column is left-aligned, the others, which hold numbers, are right-aligned
     */
    public static String table(List<List<String>> rows) {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            List<String> cells = row.stream().map(Markdown::text).toList();
            text.append(row == rows.get(0) ? head(cells) : row(cells));
        }
        return text.toString();
    }

    /**
     * Writes the header of a table.
     *
     * @param cells of the header, which are Markdown already
     * @return two lines; the first column is left-aligned, the others, which hold numbers, are right-aligned
     */
    public static String head(List<String> cells) {
        return row(cells) + "|---|" + "--:|".repeat(cells.size() - 1) + "\n";
    }

    /**
     * Writes a row of a table.
     *
     * @param cells of the row, which are Markdown already
     * @return one line
     */
    public static String row(List<String> cells) {
        return "| " + String.join(" | ", cells).replace("\n", " ") + " |\n";
    }
}
