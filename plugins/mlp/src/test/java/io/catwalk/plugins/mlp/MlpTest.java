package io.catwalk.plugins.mlp;

import io.catwalk.testkit.ClassifierContract;

final class MlpTest extends ClassifierContract {

    MlpTest() {
        super(new Mlp());
    }
}
