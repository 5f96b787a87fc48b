package io.catwalk.plugins.strideconv;

import io.catwalk.testkit.ClassifierContract;

final class StrideConvTest extends ClassifierContract {

    StrideConvTest() {
        super(new StrideConv());
    }
}
