package io.catwalk.runner.data;

import java.io.Serial;

/** Says that two images of a folder have different sizes, or one is too large: it causes an error unless they are resized. */
public final class UnfitSizeException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    UnfitSizeException(String message) {
        super(message);
    }
}
