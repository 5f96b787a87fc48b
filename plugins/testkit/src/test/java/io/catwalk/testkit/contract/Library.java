package io.catwalk.testkit.contract;

/** Class that is not in the jar. */
final class Library {

    private Library() {}

    static int number() {
        return 1;
    }
}
