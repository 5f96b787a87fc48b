package io.catwalk.runner.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The size and weight of letters, with an estimate of the width of text. It is cautious and the same on every machine,
 * since the font of a reader is unknown. The widths are those of DejaVu Sans, which is wider than most.
 */
public record Letters(double size, boolean bold) {

    private static final double BOLD = 1.12;
    private static final String NARROW = " \u00A0iljI.,:;'|!()[]/";
    private static final String WIDE = "mwMW@%";

    public static Letters plain(double size) {
        return new Letters(size, false);
    }

    public static Letters bold(double size) {
        return new Letters(size, true);
    }

    public double width(String text) {
        return size
                * (bold ? BOLD : 1)
                * text.codePoints().mapToDouble(Letters::ems).sum();
    }

    /** Returns the width of the widest line; 0 without lines. */
    public double widest(Stream<String> lines) {
        return lines.mapToDouble(this::width).max().orElse(0);
    }

    private static double ems(int point) {
        if (point < 0x80 || point == 0xA0) {
            return NARROW.indexOf(point) >= 0
                    ? 0.37
                    : WIDE.indexOf(point) >= 0 ? 0.98 : point >= 'A' && point <= 'Z' ? 0.74 : 0.64;
        }
        if (Character.getType(point) == Character.NON_SPACING_MARK) {
            return 0;
        }
        return point < 0x500 ? 0.68 : point < 0x1100 ? 0.8 : point <= 0x206F ? 1 : point < 0x2C00 ? 0.85 : 1.3;
    }

    /** Breaks a text at its spaces; a word that is too long for a line is cut short. */
    public List<String> wrapped(String text, double width) {
        List<String> lines = new ArrayList<>();
        String line = "";
        for (String word : text.split(" ", -1)) {
            String longer = line.isEmpty() ? word : line + " " + word;
            if (width(longer) <= width || line.isEmpty()) {
                line = longer;
            } else {
                lines.add(cut(line, width));
                line = word;
            }
        }
        if (!line.isEmpty()) {
            lines.add(cut(line, width));
        }
        return lines;
    }

    /** Cuts a text to a width, with an ellipsis in its middle, since similar names often differ at their ends. */
    public String cut(String text, double width) {
        if (width(text) <= width) {
            return text;
        }
        int[] points = text.codePoints().toArray();
        String cut = "…";
        for (int kept = 1; kept < points.length; kept++) {
            int head = (kept + 1) / 2;
            int tail = kept - head;
            String longer =
                    new String(points, 0, head).strip() + "…" + new String(points, points.length - tail, tail).strip();
            if (width(longer) > width && kept > 1) {
                break;
            }
            cut = longer;
        }
        return cut;
    }
}
