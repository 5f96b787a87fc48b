package io.catwalk.runner;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * Says that a request cannot be carried out as it is: the program ends with exit code 2, and nothing is lost.
 *
 * <p>The message is one line for the person who asked: what was expected, what was found, where, and
 * what to try.
 */
public final class RequestException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    public RequestException(String message) {
        super(message);
    }

    /** The cause goes to the log only. */
    public RequestException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
