package io.catwalk.onnx;

import java.io.Serial;
import java.nio.file.Path;

/**
 * Thrown if an ONNX file cannot be used as it is. The message is one line: the file, what was expected, what was found,
 * and what to try.
 */
public final class OnnxFileException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    /**
     * Creates the exception from the four parts of its message.
     *
     * @param file the file
     * @param expected what a usable file has
     * @param found what this one has instead
     * @param remedy what the reader of the message can try, as an imperative
     */
    public OnnxFileException(Path file, String expected, String found, String remedy) {
        super(line(file, expected, found, remedy));
    }

    /** Creates the exception from the four parts of its message and its cause. */
    public OnnxFileException(Path file, String expected, String found, String remedy, Throwable cause) {
        super(line(file, expected, found, remedy), cause);
    }

    private static String line(Path file, String expected, String found, String remedy) {
        String message = file + ": expected " + expected + ", found " + found + "; " + remedy;
        return message.replaceAll("\\s+", " ").strip();
    }
}
