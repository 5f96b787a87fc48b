package io.catwalk.runner.report.slides;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Makes names and numbers fit to be read on a slide. */
final class Words {

    /** Stands for a number that is not there. */
    static final String NONE = "–";

    /** Begins and ends a part of a line that is written in its own direction (Unicode FSI and PDI). */
    private static final int ISOLATE = 0x2068;

    private static final int RELEASE = 0x2069;

    private Words() {}

    /**
     * Takes out what XML forbids and what would steer the text around it (control characters, lone halves of a
     * pair, marks that turn the direction of writing), and makes one line of it.
     */
    static String clean(String text) {
        return clean(text, false);
    }

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

    /** Cleans a sentence whose names are clean already and set apart. */
    static String sentence(String text) {
        return clean(text, true);
    }

    private static boolean isReadable(int point) {
        boolean steers = (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
        return point >= 0x20
                && !(point >= 0x7F && point <= 0x9F)
                && !(point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE)
                && (point & 0xFFFE) != 0xFFFE
                && !steers;
    }

    /** Cleans a text and cuts it to so many characters as people count them, the last of them an ellipsis. */
    static String brief(String text, int characters) {
        String clean = clean(text);
        BreakIterator breaks = BreakIterator.getCharacterInstance(Locale.ROOT);
        breaks.setText(clean);
        int end = breaks.first();
        int last = end;
        for (int i = 0; i < characters; i++) {
            last = end;
            end = breaks.next();
            if (end == BreakIterator.DONE) {
                return clean;
            }
        }
        return end == clean.length() ? clean : clean.substring(0, last).strip() + "…";
    }

    /** Returns a name for use in a sentence: brief, and apart from it where it is written from right to left. */
    static String name(String text) {
        String brief = brief(text, 32);
        return brief.codePoints().anyMatch(Words::isRightToLeft)
                ? Character.toString(ISOLATE) + brief + Character.toString(RELEASE)
                : brief;
    }

    private static boolean isRightToLeft(int point) {
        byte direction = Character.getDirectionality(point);
        return direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT
                || direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
    }

    /** Lists names in a sentence, the first few of many. */
    static String list(List<String> names, int most) {
        List<String> shown = new ArrayList<>();
        boolean all = names.size() <= most;
        names.stream().limit(all ? most : most - 1).forEach(name -> shown.add(name(name)));
        if (!all) {
            shown.add(names.size() - shown.size() + " more");
        }
        int last = shown.size() - 1;
        return last < 1
                ? String.join("", shown)
                : String.join(", ", shown.subList(0, last)) + " and " + shown.get(last);
    }

    /** Returns a share as percent without the sign, with two decimals. */
    static String percent(@Nullable Double share) {
        return number(share == null ? null : 100 * share, "%.2f");
    }

    /** Returns a difference of shares in percentage points, with its sign. */
    static String points(@Nullable Double share) {
        return points(share, 2);
    }

    static String points(@Nullable Double share, int decimals) {
        String text = number(share == null ? null : 100 * share, "%+." + decimals + "f");
        return text.matches("-0\\.0+") ? text.replace('-', '+') : text.replace('-', '−');
    }

    static String fixed(@Nullable Double value, int decimals) {
        return number(value, "%." + decimals + "f");
    }

    static String scientific(@Nullable Double value) {
        return number(value, "%.1e");
    }

    static String count(@Nullable Number value) {
        return value == null ? NONE : String.format(Locale.ROOT, "%,d", value.longValue());
    }

    /** Returns a count and what is counted, in the singular for one. */
    static String count(long value, String one, String many) {
        return count(value) + " " + (value == 1 ? one : many);
    }

    static String seconds(@Nullable Double value) {
        if (value == null || !Double.isFinite(value)) {
            return NONE;
        }
        long whole = Math.round(value);
        return whole < 60
                ? whole + " s"
                : whole < 3600
                        ? whole / 60 + " min " + whole % 60 + " s"
                        : whole / 3600 + " h " + whole / 60 % 60 + " min";
    }

    private static String number(@Nullable Double value, String format) {
        return value == null || !Double.isFinite(value) ? NONE : String.format(Locale.ROOT, format, value);
    }
}
