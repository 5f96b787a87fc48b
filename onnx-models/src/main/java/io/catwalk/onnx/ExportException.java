package io.catwalk.onnx;

import java.io.Serial;

/**
 * Thrown if a network cannot be exported to ONNX. The message says what was expected, what was found, where in the
 * network, and what to try.
 */
public final class ExportException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    /**
     * Creates the error.
     *
     * @param message one line
     */
    public ExportException(String message) {
        super(message);
    }

    /** Creates the error with its cause. */
    public ExportException(String message, Throwable cause) {
        super(message, cause);
    }
}
