package io.catwalk.testkit.contract;

/** Class that needs another class, which is not in the jar. */
final class UsesLibrary {

    private UsesLibrary() {}

    static int number() {
        return Library.number();
    }
}
