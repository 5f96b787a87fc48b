package io.catwalk.runner;

/** Writes comma-separated values (RFC 4180). */
public final class Csv {

    private Csv() {}

    /**
     * Returns a cell, quoted where it must be.
     *
     * @param text any text
     * @return the same, to stand between commas
     */
    public static String cell(String text) {
        return text.matches("[^,\"\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
