package io.catwalk.api;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A classifier's answer to whether it supports a task. */
public final class Support {

    private static final Support YES = new Support(null);

    private final @Nullable String reason;

    private Support(@Nullable String reason) {
        this.reason = reason;
    }

    /** Returns the answer that the task is supported. */
    public static Support yes() {
        return YES;
    }

    /**
     * Returns the answer that the task is not supported.
     *
     * @param reason what the classifier needs, in words that follow its name: {@code needs images of at least 32x32}
     * @throws IllegalArgumentException if the reason is blank
     */
    public static Support no(String reason) {
        if (reason.isBlank()) {
            throw new IllegalArgumentException("reason must say what the classifier needs, but is empty");
        }
        return new Support(reason);
    }

    /** {@return what the classifier needs; empty if the task is supported} */
    public Optional<String> reason() {
        return Optional.ofNullable(reason);
    }
}
