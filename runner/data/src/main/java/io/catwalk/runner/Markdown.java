package io.catwalk.runner;

import java.util.List;
import java.util.regex.Pattern;

/** Writes texts from other sources into Markdown (CommonMark with the tables of GitHub). */
public final class Markdown {

    private static final Pattern MARKS = Pattern.compile("[\\\\`*_{}\\[\\]<>#|!~&$]");

    private Markdown() {}

    /** Escapes a text so that it is shown literally: no mark-up, no link, no HTML, no new table cell, no new line. */
    public static String text(String text) {
        return MARKS.matcher(text.replaceAll("[\\p{Cntrl}\\s]+", " ")).replaceAll("\\\\$0");
    }

    /** Writes a row of a table, whose cells are Markdown already. */
    public static String row(List<String> cells) {
        return "| " + String.join(" | ", cells).replace("\n", " ") + " |\n";
    }
}
