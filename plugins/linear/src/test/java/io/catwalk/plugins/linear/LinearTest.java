package io.catwalk.plugins.linear;

import io.catwalk.testkit.ClassifierContract;

final class LinearTest extends ClassifierContract {

    LinearTest() {
        super(new Linear());
    }
}
