package io.catwalk.plugins.fast;

import io.catwalk.testkit.ClassifierContract;

final class FastTest extends ClassifierContract {

    FastTest() {
        super(new Fast());
    }
}
