package io.catwalk.runner;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes texts that come from elsewhere into Markdown (CommonMark with the tables of GitHub). */
public final class Markdown {

    private static final Pattern MARKS = Pattern.compile("[\\\\`*_{}\\[\\]<>#|!~&$]");

    private Markdown() {}

    /**
     * Escapes a text, so that it stands there letter by letter: no mark-up, no link, no HTML, no further cell
     * of a table, no further line.
     *
     * @param text such as the name of a class
     * @return the same, to stand within a line
     */
    public static String text(String text) {
        return MARKS.matcher(text.replaceAll("[\\p{Cntrl}\\s]+", " ")).replaceAll("\\\\$0");
    }

    /**
     * Writes a table.
     *
     * @param rows the head, then the others, all of one length; cells are escaped
     * @return lines, the first column to the left, the others, of numbers, to the right
     */
    public static String table(List<List<String>> rows) {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            text.append("| ")
                    .append(row.stream().map(Markdown::text).collect(Collectors.joining(" | ")))
                    .append(" |\n");
            if (row == rows.get(0)) {
                text.append("|---|").append("--:|".repeat(row.size() - 1)).append('\n');
            }
        }
        return text.toString();
    }
}
