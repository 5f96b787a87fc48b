package io.catwalk.runner.report.drawing;

import java.util.ArrayList;
import java.util.List;

/** Lists the sizes of letters. Widths are estimated, on the safe side: which font a reader has, nobody knows. */
enum Type {
    TITLE(16, true),
    NAME(13, true),
    SHAPE(12.5, false),
    DETAIL(11.5, false);

    private static final String NARROW = " \u00A0,.:;|!'()[]ijlt";

    private final double size;
    private final boolean bold;

    Type(double size, boolean bold) {
        this.size = size;
        this.bold = bold;
    }

    double size() {
        return size;
    }

    boolean bold() {
        return bold;
    }

    double width(String text) {
        double ems = 0;
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (NARROW.indexOf(letter) >= 0) {
                ems += 0.36;
            } else {
                ems += Character.isUpperCase(letter) || letter == 'm' || letter == 'w' ? 0.78 : 0.6;
            }
        }
        return ems * size * (bold ? 1.08 : 1);
    }

    /** Breaks a text at its spaces; a word that is too long for a line is cut short. */
    List<String> wrapped(String text, double width) {
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

    private String cut(String text, double width) {
        if (width(text) <= width) {
            return text;
        }
        int end = text.length();
        while (end > 1 && width(text.substring(0, end) + "…") > width) {
            end--;
        }
        return text.substring(0, end) + "…";
    }
}
