package io.catwalk.runner.plugin;

import org.jspecify.annotations.Nullable;

/** Tells in one line what went wrong. */
final class Reasons {

    private Reasons() {}

    /** Returns the type and the message, without line breaks. */
    static String of(@Nullable Throwable thrown) {
        if (thrown == null) {
            return "no reason given";
        }
        if (thrown instanceof ExceptionInInitializerError && thrown.getCause() != null) {
            // It says nothing itself.
            return of(thrown.getCause());
        }
        String type = thrown.getClass().getSimpleName();
        String message = thrown.getMessage();
        return message == null || message.isBlank()
                ? type
                : type + ": " + message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
