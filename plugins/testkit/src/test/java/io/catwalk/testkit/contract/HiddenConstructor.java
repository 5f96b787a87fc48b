package io.catwalk.testkit.contract;

/** Classifier that the program cannot instantiate. */
public final class HiddenConstructor extends Sound {

    private HiddenConstructor() {}
}
