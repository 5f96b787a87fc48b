package io.catwalk.runner.data;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import java.io.Serial;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Thrown when a file holds no image that can be read; says why. */
final class UnreadableImageException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    /** Creates the exception. */
    UnreadableImageException(String reason, @Nullable Throwable cause) {
        super(reason, cause);
    }

    /** Returns what was found in place of an image. */
    String reason() {
        return String.valueOf(getMessage());
    }

    /** Returns an exception with one line for the user who asked for this file. */
    RequestException of(Path file) {
        return new RequestException(
                Reasons.visible("Image %s: expected a %s file, found %s; replace or remove it"
                        .formatted(file, ImageFormat.titles(), reason())),
                this);
    }
}
