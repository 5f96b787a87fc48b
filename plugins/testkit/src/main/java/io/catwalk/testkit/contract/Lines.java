package io.catwalk.testkit.contract;

import org.jspecify.annotations.Nullable;

/** Describes in one line what was thrown. */
final class Lines {

    private static final int LONGEST = 500;

    private Lines() {}

    /** Returns the message of a broken promise, or says what else was thrown. */
    static String found(Throwable thrown) {
        return thrown instanceof BrokenPromise ? of(thrown) : "threw " + of(thrown);
    }

    /** Returns the type and the message; for a broken promise, only the message. */
    static String of(@Nullable Throwable thrown) {
        if (thrown == null) {
            return "no reason given";
        }
        String message;
        try {
            message = thrown.getMessage();
        } catch (Throwable e) { // the method may be code of the plugin
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
