package io.catwalk.testkit.contract;

/** Is not in the jar. */
final class Library {

    private Library() {}

    static int number() {
        return 1;
    }
}
