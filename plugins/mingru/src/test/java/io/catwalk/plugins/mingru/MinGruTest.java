package io.catwalk.plugins.mingru;

import io.catwalk.testkit.ClassifierContract;

final class MinGruTest extends ClassifierContract {

    MinGruTest() {
        super(new MinGru());
    }
}
