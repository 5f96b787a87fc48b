package io.catwalk.api;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says whether a classifier can solve a task. */
public final class Support {

    private static final Support YES = new Support(null);

    private final @Nullable String reason;

    private Support(@Nullable String reason) {
        this.reason = reason;
    }

    /**
     * Says that it can.
     *
     * @return the answer
     */
    public static Support yes() {
        return YES;
    }

    /**
     * Says that it cannot.
     *
     * @param reason what it would need, in words that follow the classifier's name: {@code needs images of at least 32x32}
     * @return the answer
     */
    public static Support no(String reason) {
        if (reason.isBlank()) {
            throw new IllegalArgumentException("reason must say what the classifier needs, but is empty");
        }
        return new Support(reason);
    }

    /**
     * Returns why not.
     *
     * @return what it would need; empty if it can
     */
    public Optional<String> reason() {
        return Optional.ofNullable(reason);
    }
}
