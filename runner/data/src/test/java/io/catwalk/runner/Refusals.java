package io.catwalk.runner;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Asserts that something ends with one line that holds all facts. */
public final class Refusals {

    private Refusals() {}

    /** Expects a mistake of the user. */
    public static void refused(ThrowingCallable call, String... facts) {
        refused(RequestException.class, call, facts);
    }

    /** Expects a mistake of the caller. */
    public static void illegal(ThrowingCallable call, String... facts) {
        refused(IllegalArgumentException.class, call, facts);
    }

    public static void refused(Class<? extends Exception> type, ThrowingCallable call, String... facts) {
        assertThatThrownBy(call)
                .isInstanceOf(type)
                .hasMessageNotContaining("\n")
                .hasMessageContainingAll(facts);
    }
}
