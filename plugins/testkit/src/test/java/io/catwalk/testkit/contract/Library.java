package io.catwalk.testkit.contract;

/** Class that is not in the jar, but may be in a library of a zip. */
final class Library {

    private Library() {}

    static int number() {
        return 1;
    }
}
