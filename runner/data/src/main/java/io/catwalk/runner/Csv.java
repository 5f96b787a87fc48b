package io.catwalk.runner;

import java.util.regex.Pattern;

/** Writes comma-separated values (RFC 4180). */
public final class Csv {

    private static final Pattern FORMULA = Pattern.compile("[=+\\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]");
    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
    private static final Pattern PLAIN = Pattern.compile("[^,\"\r\n]*");

    private Csv() {}

    /**
     * Returns a cell, quoted where necessary. A text that a spreadsheet would read as a formula, because it begins with
     * {@code = + - @}, a tab or a line break, gets an apostrophe before it (OWASP, CSV injection); a number stays a
     * number.
     */
    public static String cell(String text) {
        String harmless =
                FORMULA.matcher(text).lookingAt() && !NUMBER.matcher(text).matches() ? "'" + text : text;
        return PLAIN.matcher(harmless).matches() ? harmless : '"' + harmless.replace("\"", "\"\"") + '"';
    }
}
