package io.catwalk.runner.trial;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Thrown for problems with files or their content, which say nothing about a classifier. */
public final class InfrastructureException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    InfrastructureException(@Nullable String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
