package io.catwalk.testkit.contract;

import java.util.Locale;

/** Outcome of a check. */
public enum Verdict {

    /** The plugin keeps the promise. */
    PASSED,

    /** The plugin breaks the promise, or keeps one that it was expected to break. */
    FAILED,

    /** The plugin breaks the promise, and was declared to do so, with a reason. */
    EXPECTED,

    /** The check was not run, since another check that it presumes did not pass. */
    SKIPPED;

    /** {@return the name that tables use, such as {@code passed}} */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
