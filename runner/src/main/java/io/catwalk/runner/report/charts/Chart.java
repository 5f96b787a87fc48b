package io.catwalk.runner.report.charts;

import io.catwalk.runner.report.graphics.Picture;
import java.util.List;

/** Shows numbers. Its words and its table say the same to those who do not see it. */
public sealed interface Chart permits RowChart, XyChart, MatrixChart {

    /** Returns what it is called, its file, its note and its numbers. */
    Caption caption();

    /** Returns a key for each row of its table, by which the same is found in the picture; empty for none. */
    default List<String> keys() {
        return List.of();
    }

    /**
     * Draws it, without its title.
     *
     * @param width in pixels; 300 or more
     * @return the picture, so wide and as high as it needs
     */
    Picture drawn(double width);

    /**
     * Says what a chart shows.
     *
     * @param name of its file, without the ending; unique within a report
     * @param title above it
     * @param sentence what it shows, in words
     * @param note what a reader has to know; empty for nothing
     * @param table its numbers: a head, then the rows
     */
    record Caption(String name, String title, String sentence, String note, List<List<String>> table) {

        /** Copies the table. */
        public Caption {
            table = table.stream().map(List::copyOf).toList();
        }
    }
}
