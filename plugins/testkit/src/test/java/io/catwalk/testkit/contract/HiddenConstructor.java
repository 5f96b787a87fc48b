package io.catwalk.testkit.contract;

/** Cannot be made by the program. */
public final class HiddenConstructor extends Sound {

    private HiddenConstructor() {}
}
