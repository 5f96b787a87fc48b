package io.catwalk.runner;

import org.jspecify.annotations.Nullable;

/**
 * Says that a request cannot be carried out as it is: the program ends with exit code 2, and nothing is lost.
 *
 * <p>The message is one line for the person who asked: what was expected, what was found, where, and
 * what to try.
 */
public final class RequestException extends RuntimeException {

    public RequestException(String message) {
        super(message);
    }

    /** The cause goes to the log only. */
    public RequestException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Says that the thread was interrupted in what it did, which it stays. */
    public static RequestException stopped(String during, InterruptedException e) {
        Thread.currentThread().interrupt();
        return new RequestException("stopped while " + during, e);
    }
}
