package io.catwalk.runner;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads lists and tables that people and other programs wrote. */
public final class ForeignText {

    private ForeignText() {}

    /** Reads a file in UTF-8 without its byte order mark, which a parser would take for a part of the first name. */
    public static String read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) { // opening a pipe may wait for ever
            throw new IOException(Reasons.noFile(file));
        }
        String text = Files.readString(file);
        if (text.indexOf('\0') >= 0) {
            throw new MalformedInputException(1); // plain letters in UTF-16 are valid UTF-8, too
        }
        return text.startsWith("\ufeff") ? text.substring(1) : text;
    }

    /** Returns what separates the columns of a table: a comma, a semicolon or a tab, whichever ends the first name. */
    public static char separator(String table) {
        String names = table.lines()
                .filter(line -> !line.isBlank())
                .findFirst()
                .orElse("")
                .replaceAll("\"[^\"]*\"", "");
        return (char) names.chars()
                .filter(letter -> ",;\t".indexOf(letter) >= 0)
                .findFirst()
                .orElse(',');
    }
}
