package io.catwalk.runner.report.slides;

import io.catwalk.runner.report.graphics.Letters;
import java.util.List;

/** Estimates the height of text cautiously: text that fits by it also fits in the fonts of other machines. */
final class TextSize {

    /** Height of a line as a multiple of the font size. */
    static final double LINE = 1.2;

    /** Share of a width that is used, since fonts differ. */
    private static final double SAFE = 0.97;

    private TextSize() {}

    /** Counts the lines that a paragraph breaks into; words longer than a line break anywhere. */
    static int lines(String text, Letters letters, double width) {
        int lines = 1;
        double used = 0;
        double space = letters.width(" ");
        for (String word : text.split(" ", -1)) {
            double wide = letters.width(word);
            if (used > 0 && used + space + wide > width) {
                lines++;
                used = 0;
            }
            used += (used > 0 ? space : 0) + wide;
            while (used > width) {
                lines++;
                used -= width;
            }
        }
        return lines;
    }

    /** Returns the width of the longest word; no line should be narrower. */
    static double longestWord(String text, Letters letters) {
        return List.of(text.split(" ", -1)).stream()
                .mapToDouble(letters::width)
                .max()
                .orElse(0);
    }

    /** Returns the height of paragraphs in points, with a gap between each two. */
    static double height(List<String> paragraphs, Letters letters, double width, double gap) {
        double lines = paragraphs.stream()
                .mapToInt(paragraph -> lines(paragraph, letters, width))
                .sum();
        return lines * letters.size() * LINE + Math.max(0, paragraphs.size() - 1) * gap;
    }

    /** Returns the height in points that paragraphs need at the least, in the smallest size of their style. */
    static double least(List<String> paragraphs, Style style, double width) {
        return height(paragraphs, new Letters(style.smallest(), style.bold()), SAFE * width, style.gap());
    }

    /** Finds the largest size in steps of half a point at which paragraphs fit; the smallest if they never do. */
    static double fitting(List<String> paragraphs, double size, double smallest, boolean bold, Area area, double gap) {
        double fit = size;
        while (fit > smallest && height(paragraphs, new Letters(fit, bold), SAFE * area.width(), gap) > area.height()) {
            fit = Math.max(smallest, fit - 0.5);
        }
        return fit;
    }
}
