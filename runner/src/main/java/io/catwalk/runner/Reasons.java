package io.catwalk.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import org.jspecify.annotations.Nullable;

/** Tells in one line what went wrong. */
public final class Reasons {

    private Reasons() {}

    /**
     * Returns the type and the message; of what the operating system says about a file, only that.
     *
     * @param thrown what went wrong, if it is known
     * @return one line, never empty
     */
    public static String of(@Nullable Throwable thrown) {
        if (thrown == null) {
            return "no reason given";
        }
        if (thrown instanceof UncheckedIOException unchecked) {
            return of(unchecked.getCause());
        }
        if (thrown instanceof ExceptionInInitializerError && thrown.getCause() != null) {
            return of(thrown.getCause());
        }
        String message = thrown instanceof FileSystemException file && file.getReason() != null
                ? file.getReason()
                : thrown.getMessage();
        String type = thrown.getClass().getSimpleName();
        if (message == null || message.isBlank()) {
            return type;
        }
        boolean speaksForItself = thrown.getClass() == IOException.class || !message.equals(thrown.getMessage());
        return (speaksForItself ? "" : type + ": ") + oneLine(message);
    }

    /**
     * Joins the lines of a text.
     *
     * @param text any
     * @return the same words without line breaks
     */
    public static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
