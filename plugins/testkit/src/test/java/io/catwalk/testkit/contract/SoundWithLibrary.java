package io.catwalk.testkit.contract;

import io.catwalk.api.SearchSpace;

/** Plugin that keeps every promise, and calls a library. */
public final class SoundWithLibrary extends Sound {

    /** Called by reflection. */
    public SoundWithLibrary() {}

    @Override
    public SearchSpace searchSpace() {
        return super.searchSpace().with("number", Library.number());
    }
}
