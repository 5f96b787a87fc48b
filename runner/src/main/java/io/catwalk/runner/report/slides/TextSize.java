package io.catwalk.runner.report.slides;

import java.util.List;

/**
 * Estimates how much room text takes, on the generous side and alike on every machine: what fits by this fits
 * by the fonts of those who open the slides.
 */
final class TextSize {

    /** Height of a line in font sizes. */
    static final double LINE = 1.2;

    /** How much wider bold letters are. */
    static final double BOLD = 1.2;

    private TextSize() {}

    /** Returns the width of a line in points. */
    static double width(String text, double size) {
        return size * text.codePoints().mapToDouble(TextSize::width).sum();
    }

    /** Widths of a wide sans serif, in font sizes. */
    private static double width(int point) {
        if (point < 0x80) {
            return "iljI.,:;'|!()[]/ ".indexOf(point) >= 0
                    ? 0.37
                    : "mwMW@%".indexOf(point) >= 0 ? 0.98 : point >= 'A' && point <= 'Z' ? 0.74 : 0.64;
        }
        return point < 0x500 ? 0.68 : point < 0x1100 ? 0.8 : point <= 0x206F ? 1 : point < 0x2C00 ? 0.85 : 1.3;
    }

    /** Counts the lines that a paragraph breaks into; words longer than a line break anywhere. */
    static int lines(String text, double size, double width) {
        int lines = 1;
        double used = 0;
        double space = size * width(' ');
        for (String word : text.split(" ", -1)) {
            double wide = width(word, size);
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

    /** Returns the height of paragraphs in points, with a gap between each two. */
    static double height(List<String> paragraphs, double size, double width, double gap) {
        double lines = paragraphs.stream()
                .mapToInt(paragraph -> lines(paragraph, size, width))
                .sum();
        return lines * size * LINE + Math.max(0, paragraphs.size() - 1) * gap;
    }

    /** Cuts a text so that it fits into so many lines, with an ellipsis at its end if it was cut. */
    static String cut(String text, double size, double width, int lines) {
        int characters = text.codePointCount(0, text.length());
        String cut = text;
        while (characters > 1 && lines(cut, size, width) > lines) {
            characters = Math.min(characters - 1, (int) (characters * 0.95));
            cut = Words.brief(text, Math.max(1, characters));
        }
        return cut;
    }
}
