package io.catwalk.plugins.convmaxpool;

import io.catwalk.testkit.ClassifierContract;

final class ConvMaxPoolTest extends ClassifierContract {

    ConvMaxPoolTest() {
        super(new ConvMaxPool());
    }
}
