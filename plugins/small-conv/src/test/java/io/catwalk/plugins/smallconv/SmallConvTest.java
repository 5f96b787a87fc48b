package io.catwalk.plugins.smallconv;

import io.catwalk.testkit.ClassifierContract;

final class SmallConvTest extends ClassifierContract {

    SmallConvTest() {
        super(new SmallConv());
    }
}
