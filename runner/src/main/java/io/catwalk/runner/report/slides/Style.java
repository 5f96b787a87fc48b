package io.catwalk.runner.report.slides;

import java.awt.Color;
import org.apache.poi.sl.usermodel.TextParagraph.TextAlign;

/**
 * Says how text is set.
 *
 * @param size of the font in points, where it fits
 * @param smallest size that it may shrink to; what does not fit then is cut
 * @param weight of the font
 * @param color of the text
 * @param align left, right or in the middle
 * @param gap between paragraphs in points
 * @param mark before each paragraph
 */
record Style(double size, double smallest, Weight weight, Color color, TextAlign align, double gap, Mark mark) {

    static final Style BODY = new Style(16, 10, Weight.PLAIN, Look.INK, TextAlign.LEFT, 8, Mark.NONE);
    static final Style BULLETS = new Style(16, 10, Weight.PLAIN, Look.INK, TextAlign.LEFT, 9, Mark.BULLET);
    static final Style NOTE = new Style(11, 9, Weight.PLAIN, Look.QUIET, TextAlign.LEFT, 3, Mark.NONE);
    static final Style HEADING = new Style(13, 10, Weight.BOLD, Look.INK, TextAlign.LEFT, 0, Mark.NONE);
    static final Style KICKER = new Style(11, 9, Weight.BOLD, Look.ACCENT, TextAlign.LEFT, 0, Mark.NONE);

    /** How heavy the letters are. */
    enum Weight {
        PLAIN,
        BOLD
    }

    /** What stands before a paragraph. */
    enum Mark {
        NONE,
        BULLET
    }

    Style withSize(double newSize) {
        return new Style(newSize, Math.min(smallest, newSize), weight, color, align, gap, mark);
    }

    Style withColor(Color newColor) {
        return new Style(size, smallest, weight, newColor, align, gap, mark);
    }

    Style withAlign(TextAlign newAlign) {
        return new Style(size, smallest, weight, color, newAlign, gap, mark);
    }

    Style bold() {
        return new Style(size, smallest, Weight.BOLD, color, align, gap, mark);
    }
}
