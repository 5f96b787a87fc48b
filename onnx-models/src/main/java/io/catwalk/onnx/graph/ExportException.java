package io.catwalk.onnx.graph;

import java.util.Locale;

/**
 * Thrown if a network cannot be exported to ONNX. The message says what was expected, what was found, where in the
 * network, and what to try.
 */
public final class ExportException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Creates the error. */
    public ExportException(String message) {
        super(message);
    }

    /** Creates the error with its cause. */
    public ExportException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Creates the error for something that does not fit into a file: protobuf messages are limited to 2 GB. */
    public static ExportException tooLarge(String what, long bytes) {
        return new ExportException(String.format(
                Locale.ROOT,
                "%s takes %.1f GB, and an ONNX file holds at most 2 GB, as does an array of Java: write the model"
                        + " into a file, with its weights beside it, and split what is larger by itself",
                what,
                bytes / 1e9));
    }
}
