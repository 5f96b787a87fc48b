package io.catwalk.plugins.mobile;

import io.catwalk.testkit.ClassifierContract;

final class MobileTest extends ClassifierContract {

    MobileTest() {
        super(new Mobile());
    }
}
