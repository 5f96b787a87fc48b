package io.catwalk.runner;

import java.io.File;

/** Writes commands that can be pasted into a shell. */
public final class Shell {

    private Shell() {}

    /** Quotes a word of a command for a shell, so that the command can be pasted. */
    public static String quoted(String word) {
        // Windows separates folders by a letter that other shells take for their own.
        return word.replace(File.separatorChar, '/').matches("[\\p{L}\\p{N}_@%+=:,./-]+")
                ? word
                : "'" + word.replace("'", "'\\''") + "'";
    }
}
