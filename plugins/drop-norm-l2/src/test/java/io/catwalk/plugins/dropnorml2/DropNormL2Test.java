package io.catwalk.plugins.dropnorml2;

import io.catwalk.testkit.ClassifierContract;

final class DropNormL2Test extends ClassifierContract {

    DropNormL2Test() {
        super(new DropNormL2());
    }
}
