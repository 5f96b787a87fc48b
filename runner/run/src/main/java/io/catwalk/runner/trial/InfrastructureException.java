package io.catwalk.runner.trial;

import io.catwalk.runner.Reasons;
import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Thrown for problems with files or their content, which say nothing about a classifier. */
public final class InfrastructureException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    InfrastructureException(@Nullable String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Reads files of Catwalk. */
    interface Reading<T extends @Nullable Object> {

        T read() throws IOException;
    }

    /** Writes files of Catwalk. */
    interface Writing {

        void write() throws IOException;
    }

    static <T extends @Nullable Object> T reading(Reading<T> files) {
        try {
            return files.read();
        } catch (IOException e) {
            throw new InfrastructureException("a file could not be read: " + Reasons.of(e), e);
        }
    }

    static void writing(Writing files) {
        try {
            files.write();
        } catch (IOException e) {
            String reason = Reasons.of(e);
            throw new InfrastructureException(
                    reason.startsWith("cannot write ") ? reason : "could not be written: " + reason, e);
        }
    }
}
