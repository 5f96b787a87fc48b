package io.catwalk.testkit.contract;

import org.jspecify.annotations.Nullable;

/** Says in one line what was thrown. */
final class Lines {

    private static final int LONGEST = 500;

    private Lines() {}

    /** Returns what a check found out: a broken promise in its words, or what was thrown. */
    static String found(Throwable thrown) {
        return thrown instanceof BrokenPromise ? of(thrown) : "threw " + of(thrown);
    }

    /** Returns type and message; of a broken promise only that. */
    static String of(@Nullable Throwable thrown) {
        if (thrown == null) {
            return "no reason given";
        }
        String message;
        try {
            message = thrown.getMessage();
        } catch (Throwable e) { // even a message is the plugin's code
            message = null;
        }
        String type = thrown.getClass().getSimpleName();
        String text = message == null || message.isBlank()
                ? type
                : thrown instanceof BrokenPromise ? message : type + ": " + message;
        String line = text.strip().replaceAll("\\s*\\R\\s*", " ");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + " ...";
    }
}
