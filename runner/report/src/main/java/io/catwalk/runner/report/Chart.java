package io.catwalk.runner.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A chart of numbers. Its sentence and its table say the same in words, for readers who cannot see it. */
public sealed interface Chart permits RowChart, XyChart, MatrixChart {

    /** Returns its title, file name, note and numbers. */
    Caption caption();

    /** Returns a key for each row of its table, by which scripts find the same data in the picture; empty for none. */
    default List<String> keys() {
        return List.of();
    }

    /** Returns the numbers of the classes that it shows, separated by commas; null if it shows all, or is not about them. */
    default @Nullable String part() {
        return null;
    }

    /** Draws it without its title, at least 300 pixels wide and as high as it needs. */
    Picture drawn(double width);

    /** Adds to a note that it is of only the first rows. */
    static String ofRows(String note, int shown, int all) {
        return (note + " These are the first " + shown + " of " + all + " rows.").strip();
    }

    /**
     * The words and numbers of a chart.
     *
     * @param name of its file, without the extension; unique within a report
     * @param sentence that says what it shows
     * @param note that a reader has to know; empty for none
     * @param table its numbers: a head, then the rows
     */
    record Caption(String name, String title, String sentence, String note, List<List<String>> table) {}
}
