package io.catwalk.plugins.widedeep;

import io.catwalk.testkit.ClassifierContract;

final class WideDeepTest extends ClassifierContract {

    WideDeepTest() {
        super(new WideDeep());
    }
}
