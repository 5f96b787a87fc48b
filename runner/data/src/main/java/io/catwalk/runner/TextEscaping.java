package io.catwalk.runner;

import java.io.File;
import java.util.List;
import java.util.regex.Pattern;

/** Writes texts from elsewhere into tables, documents and commands, so that they stay texts. */
public final class TextEscaping {

    private static final Pattern FORMULA = Pattern.compile("[=+\\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]");
    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
    private static final Pattern PLAIN = Pattern.compile("[^,\"\r\n]*");
    private static final Pattern MARKS = Pattern.compile("[\\\\`*_{}\\[\\]<>#|!~&$]");

    private TextEscaping() {}

    /**
     * Returns a cell of comma-separated values (RFC 4180), quoted where necessary. A text that a spreadsheet would read
     * as a formula, because it begins with {@code = + - @}, a tab or a line break, gets an apostrophe before it (OWASP,
     * CSV injection); a number stays a number.
     */
    public static String csvCell(String text) {
        String harmless = isFormula(text) ? "'" + text : text;
        return PLAIN.matcher(harmless).matches() ? harmless : '"' + harmless.replace("\"", "\"\"") + '"';
    }

    /** Takes away the apostrophe that {@link #csvCell} puts before a text. */
    public static String withoutApostrophe(String cell) {
        return cell.startsWith("'") && isFormula(cell.substring(1)) ? cell.substring(1) : cell;
    }

    private static boolean isFormula(String text) {
        return FORMULA.matcher(text).lookingAt() && !NUMBER.matcher(text).matches();
    }

    /**
     * Escapes a text so that Markdown (CommonMark with the tables of GitHub) shows it literally: no mark-up, no link, no
     * HTML, no new table cell, no new line.
     */
    public static String markdown(String text) {
        return MARKS.matcher(text.replaceAll("[\\p{Cntrl}\\s]+", " ")).replaceAll("\\\\$0");
    }

    /** Writes a row of a table of Markdown, whose cells are Markdown already. */
    public static String markdownRow(List<String> cells) {
        return "| " + String.join(" | ", cells).replace("\n", " ") + " |\n";
    }

    /** Quotes a word of a command for a shell, so that the command can be pasted. */
    public static String shellWord(String word) {
        // Windows separates folders by a letter that other shells take for their own.
        return word.replace(File.separatorChar, '/').matches("[\\p{L}\\p{N}_@%+=:,./-]+")
                ? word
                : "'" + word.replace("'", "'\\''") + "'";
    }
}
