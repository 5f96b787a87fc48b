package io.catwalk.onnx.graph;

/**
 * Says why a network cannot be written as ONNX: what was expected, what was found, where in the network,
 * and what to try.
 */
public final class ExportException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param message one or a few sentences for the person who exports
     */
    public ExportException(String message) {
        super(message);
    }

    /**
     * Creates the error with what led to it.
     *
     * @param message one or a few sentences for the person who exports
     * @param cause what was caught
     */
    public ExportException(String message, Throwable cause) {
        super(message, cause);
    }
}
