package io.catwalk.runner.report.slides;

import io.catwalk.runner.report.Letters;
import java.util.Comparator;
import java.util.List;

/** Adapts texts to slides: shortens long names, and isolates names that are written from right to left. */
final class SlideWords {

    /** Begins a part of a line that is written in its own direction (Unicode FSI); {@link #RELEASE} (PDI) ends it. */
    private static final int ISOLATE = 0x2068;

    private static final int RELEASE = 0x2069;

    /** Width to which names are cut, as a multiple of the font size. */
    private static final double LONGEST_NAME = 24;

    /** Names that have to be changed, the longest first. */
    private final List<String> hostile;

    SlideWords(List<String> names) {
        hostile = names.stream()
                .map(name -> clean(name, false))
                .filter(name -> !name.isEmpty() && !name(name).equals(name))
                .distinct()
                .sorted(Comparator.comparing(String::length).reversed())
                .toList();
    }

    /** Adapts the names within a text, and removes characters that a slide cannot hold. */
    String said(String text) {
        String said = clean(text, true);
        for (String name : hostile) {
            said = said.replace(name, name(name));
        }
        return said;
    }

    /**
     * Removes characters that XML forbids or that would change the text around them (control characters, lone
     * surrogates, marks that change the direction of writing), and puts the text on one line.
     */
    private static String clean(String text, boolean isolates) {
        StringBuilder clean = new StringBuilder();
        text.codePoints().forEach(point -> {
            if (Character.isWhitespace(point) || point == 0x85 || point == 0xA0) {
                if (!clean.isEmpty() && clean.charAt(clean.length() - 1) != ' ') {
                    clean.append(' ');
                }
            } else if (isReadable(point) || (isolates && (point == ISOLATE || point == RELEASE))) {
                clean.appendCodePoint(point);
            }
        });
        return clean.toString().strip();
    }

    private static boolean isReadable(int point) {
        boolean steers = (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
        return point >= 0x20
                && !(point >= 0x7F && point <= 0x9F)
                && !(point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE)
                && (point & 0xFFFE) != 0xFFFE
                && !steers;
    }

    /** Returns a name for use in a sentence: shortened, and isolated if it is written from right to left. */
    static String name(String text) {
        String brief = Letters.plain(1).cut(clean(text, false), LONGEST_NAME);
        return brief.codePoints().anyMatch(SlideWords::isRightToLeft)
                ? Character.toString(ISOLATE) + brief + Character.toString(RELEASE)
                : brief;
    }

    private static boolean isRightToLeft(int point) {
        byte direction = Character.getDirectionality(point);
        return direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT
                || direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
    }
}
