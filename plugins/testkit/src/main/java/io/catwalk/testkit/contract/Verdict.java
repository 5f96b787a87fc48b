package io.catwalk.testkit.contract;

import java.util.Locale;

/** Says what came of a check. */
public enum Verdict {

    /** The plugin keeps the promise. */
    PASSED,

    /** It does not, or it keeps one that it was expected to break. */
    FAILED,

    /** It breaks the promise, as was declared with a reason. */
    EXPECTED,

    /** The check was not run, since another one failed that it presumes. */
    SKIPPED;

    /**
     * Names it as tables do.
     *
     * @return such as {@code passed}
     */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
