package io.catwalk.runner.report.slides;

import io.catwalk.runner.report.Letters;
import java.util.ArrayList;
import java.util.List;

/** Paragraphs of one font size. Their height is estimated so cautiously that they also fit in other fonts. */
record FittedText(List<String> paragraphs, double size, boolean bold, double gap) {

    /** Smallest size of any text on a slide, in points. */
    static final double SMALLEST = 12;

    /** Height of a line as a multiple of the font size. */
    static final double LINE = 1.2;

    /** Space in points that a program may leave below each paragraph. */
    private static final double TAIL = 0.5;

    /** Share of a width that is used, since fonts differ. */
    private static final double SAFE = 0.97;

    /** Height in points by which a text may be higher, since heights are sums. */
    private static final double SLACK = 0.5;

    /** Returns the text as large as fits; if it does not fit in the smallest size, its end is cut. */
    FittedText in(double width, double height) {
        for (double fit = size; fit > SMALLEST; fit -= 0.5) {
            FittedText text = new FittedText(paragraphs, fit, bold, gap);
            if (text.height(width) <= height + SLACK) {
                return text;
            }
        }
        FittedText smallest = new FittedText(paragraphs, Math.min(size, SMALLEST), bold, gap);
        return smallest.height(width) <= height + SLACK ? smallest : smallest.cut(width, height);
    }

    /** Leaves out paragraphs at the end and, if the first is too long alone, its last words. */
    private FittedText cut(double width, double height) {
        for (int kept = paragraphs.size() - 1; kept > 0; kept--) {
            FittedText text = ended(paragraphs.subList(0, kept - 1), paragraphs.get(kept - 1));
            if (text.height(width) <= height + SLACK) {
                return text;
            }
        }
        String rest = paragraphs.get(0);
        while (rest.contains(" ") && ended(List.of(), rest).height(width) > height + SLACK) {
            rest = rest.substring(0, rest.lastIndexOf(' '));
        }
        return ended(List.of(), rest);
    }

    private FittedText ended(List<String> before, String last) {
        List<String> kept = new ArrayList<>(before);
        kept.add(last + " …");
        return new FittedText(kept, size, bold, gap);
    }

    double height(double width) {
        Letters letters = new Letters(size, bold);
        double lines = paragraphs.stream()
                .mapToInt(paragraph -> lines(paragraph, letters, SAFE * width))
                .sum();
        return lines * size * LINE + paragraphs.size() * TAIL + Math.max(0, paragraphs.size() - 1) * gap;
    }

    /** Counts the lines that a paragraph breaks into; words longer than a line break anywhere. */
    static int lines(String text, Letters letters, double width) {
        int lines = 1;
        double room = Math.max(width, letters.size());
        double used = 0;
        double space = letters.width(" ");
        for (String word : text.split(" ", -1)) {
            double wide = letters.width(word);
            if (used > 0 && used + space + wide > room) {
                lines++;
                used = 0;
            }
            used += (used > 0 ? space : 0) + wide;
            while (used > room) {
                lines++;
                used -= room;
            }
        }
        return lines;
    }
}
