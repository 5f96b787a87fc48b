package io.catwalk.testkit.contract;

import java.io.Serial;

/** Says in one line how a plugin breaks a promise: what was expected, what was found. */
final class BrokenPromise extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    BrokenPromise(String line) {
        super(line);
    }

    /** Throws unless something holds. */
    static void unless(boolean holds, String line) {
        if (!holds) {
            throw new BrokenPromise(line);
        }
    }
}
