package io.catwalk.plugins.gru;

import io.catwalk.testkit.ClassifierContract;

final class GruTest extends ClassifierContract {

    GruTest() {
        super(new Gru());
    }
}
