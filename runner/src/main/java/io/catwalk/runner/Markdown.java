package io.catwalk.runner;

import java.util.regex.Pattern;

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
}
