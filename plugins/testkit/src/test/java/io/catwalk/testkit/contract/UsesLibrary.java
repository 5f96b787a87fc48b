package io.catwalk.testkit.contract;

/** Needs a class that is not in the jar. */
final class UsesLibrary {

    private UsesLibrary() {}

    static int number() {
        return Library.number();
    }
}
