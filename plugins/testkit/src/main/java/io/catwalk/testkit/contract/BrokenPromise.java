package io.catwalk.testkit.contract;

import java.io.Serial;

/** Thrown if a plugin breaks a promise; the message says in one line what was expected and what was found. */
final class BrokenPromise extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    BrokenPromise(String line) {
        super(line);
    }

    /** Throws unless numbers are finite; {@code what} names one of them. */
    static void unlessFinite(float[] numbers, String what) {
        for (float number : numbers) {
            unless(Float.isFinite(number), "expected a finite " + what + ", but found " + number);
        }
    }

    /** Throws unless a condition holds. */
    static void unless(boolean holds, String line) {
        if (!holds) {
            throw new BrokenPromise(line);
        }
    }
}
