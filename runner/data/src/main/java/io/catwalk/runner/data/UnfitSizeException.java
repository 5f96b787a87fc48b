package io.catwalk.runner.data;

/** Says that two images of a folder have different sizes, or one is too large: it causes an error unless they are resized. */
public final class UnfitSizeException extends RuntimeException {

    UnfitSizeException(String message) {
        super(message);
    }
}
